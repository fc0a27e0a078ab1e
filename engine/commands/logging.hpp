// The log: one line per event on standard error, as text or as JSON; below a terminal's progress line, where
// there is one.
#pragma once

#include <spdlog/common.h>

#include <string>

namespace suprsync {

struct logging_options {
    spdlog::level::level_enum level = spdlog::level::info;
    bool json = false;
};

/// Makes this the log of the process. Where standard error leads to systemd's journal, text goes there as
/// records with fields; what it does not take is a line with its priority (sd-daemon(3)) instead of a time.
void start_logging(const logging_options& options);

/// Shows a line below the log, on a terminal's standard error, until the next; empty: none.
void show_progress(const std::string& line);

}  // namespace suprsync

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

/// Makes this the log of the process. Under systemd's journal, text lines carry their priority (sd-daemon(3))
/// instead of a time that the journal has already.
void start_logging(const logging_options& options);

/// Shows a line below the log, on a terminal's standard error, until the next; empty: none.
void show_progress(const std::string& line);

}  // namespace suprsync

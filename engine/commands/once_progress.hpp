// The line that `--once` shows on a terminal while it works.
#pragma once

#include <string>

#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// The bars of the archives (archive_progress.hpp), joined by "; ".
std::string progress_line(const status_snapshot& now);

/// The last line of all: what was done and what is left.
std::string closing_line(const status_snapshot& now);

}  // namespace suprsync

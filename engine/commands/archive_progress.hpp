// How far each archive is with its work, as a bar: where a person waits for it, with `run --once` on a
// terminal and with `status --watch`.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// "smurf [####    ] 12 of 300 files, 1.2 GB to go, 3.0 MB/s, 5 min left, 1 failed (waiting)". Of the files
/// that wait and those that were verified since: `verified_before` of them had been when somebody began to
/// look.
std::string archive_progress(const archive_activity& archive, epoch_seconds now,
                             std::int64_t verified_before = 0);

/// Files that were verified when the looking began, by archive.
using verified_files = std::map<std::string, std::int64_t>;

/// A line for each archive that has work, each after a newline; '' where none has. What is seen for the first
/// time is remembered in `since`, and so is an archive that has no more to do.
std::string watched_text(const status_snapshot& now, verified_files& since);

}  // namespace suprsync

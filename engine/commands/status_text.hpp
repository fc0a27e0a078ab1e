// The daemon's status as people read it.
#pragma once

#include <string>

#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// What a daemon does, in one line and without a newline, at the time `at`: `suprsync status` begins with it,
/// and systemd shows it (STATUS= of sd_notify(3)).
std::string status_line(const status_snapshot& now, epoch_seconds at);

/// What else is known of how far a batch is: ", 120 of 300 files, 1.0 GB of 2.0 GB hashed"; '' where nothing
/// is.
std::string more_progress_text(const transfer& batch);

/// All that it tells: what each archive does, what is in flight, what the catalog holds, what was done since
/// the start, and the conditions. Without a newline at the end.
std::string status_text(const status_snapshot& now);

}  // namespace suprsync

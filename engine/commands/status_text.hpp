// The daemon's status as people read it.
#pragma once

#include <string>

#include "engine/model/failure.hpp"
#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// What a daemon does, in one line and without a newline, at the time `at`: `suprsync status` begins with it,
/// and systemd shows it (STATUS= of sd_notify(3)).
std::string status_line(const status_snapshot& now, epoch_seconds at);

/// The answer to GET /status, as far as tools show it. Failure `io` where it is none.
result<status_snapshot> read_status(const std::string& json);

/// Of the answer to GET /status. Failures: as read_status.
result<std::string> status_text(const std::string& json);

}  // namespace suprsync

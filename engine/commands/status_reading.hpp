// Answers of the daemon, read back. As far as they are shown: what another version of it does not tell is
// left out, and no error; failure `io` where an answer is no JSON object.
#pragma once

#include <string>

#include "engine/model/failure.hpp"
#include "engine/ports/service.hpp"

namespace suprsync {

/// GET /status.
result<status_snapshot> read_status(const std::string& json);

/// GET /transfers, with the ids where they were asked for.
result<transfers_report> read_transfers(const std::string& json);

/// The activity in GET /archives/{name}.
result<archive_activity> read_activity(const std::string& json);

}  // namespace suprsync

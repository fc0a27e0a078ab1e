// `suprsync status --check`: a daemon's status as a monitoring plugin tells it, an exit status and one line.
#pragma once

#include <string>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// What the monitoring program is told (spec, Being told).
struct check_verdict {
    int exit = 0;      ///< exit_code::done, degraded or no_answer
    std::string line;  ///< "SUPRSYNC OK - ... | figures", without a newline
};

/// Of the answers of all daemons that are meant to GET /status: degraded where one of them is, no answer
/// where one of them is no status.
check_verdict check_status(const std::vector<std::string>& answers);

/// Nobody answers, for this reason.
check_verdict check_without_answer(const failure& why);

}  // namespace suprsync

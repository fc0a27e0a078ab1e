// The daemon's status as people read it.
#pragma once

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

/// Of the answer to GET /status. Failure `io` where it is none.
result<std::string> status_text(const std::string& json);

}  // namespace suprsync

// Exit statuses of the program (spec, Running).
#pragma once

namespace suprsync::exit_code {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;      ///< usage or configuration
constexpr int unsettled = 3;  ///< --once left something unsettled

}  // namespace suprsync::exit_code

// Exit statuses of the program (spec, Running).
#pragma once

namespace suprsync::exit_code {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;      ///< usage or configuration
constexpr int unsettled = 3;  ///< --once left something unsettled
constexpr int degraded = 1;   ///< of status --check: a condition holds
constexpr int no_answer = 2;  ///< of status --check
constexpr int held = 4;       ///< another daemon works on an archive: starting again does not mend it

}  // namespace suprsync::exit_code

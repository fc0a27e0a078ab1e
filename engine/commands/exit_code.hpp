// Exit statuses of the program (spec, Running).
#pragma once

namespace suprsync::exit_code {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 2;      ///< usage or configuration
constexpr int unsettled = 3;  ///< --once left something unsettled
constexpr int held = 4;       ///< another daemon works on an archive: starting again does not mend it

}  // namespace suprsync::exit_code

// `suprsync far-side`: what is at the destination for one connection, with the power of the account alone. It
// is told everything by frames on its standard input, answers on standard output, and ends with them.
#pragma once

#include <string>

namespace suprsync::far {

/// Serves until `input` ends, is silent for as long as was agreed, or brings what is no frame. Empty where it
/// ended as it should, otherwise why; threads that hang in a file system may be left: the process is to end
/// then. SIGPIPE must be ignored. `version`: of this program.
std::string serve_far_side(int input, int output, const std::string& version);

}  // namespace suprsync::far

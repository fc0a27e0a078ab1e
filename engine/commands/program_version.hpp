// What `suprsync --version` tells. Made at build time by program_version.cmake, in one object of its own: a
// new commit compiles and links nothing but the program.
#pragma once

#include <string_view>

namespace suprsync {

/// "0.1.0 (486597c)", with the commit that was built; "0.1.0" where the sources are in no repository of git.
std::string_view program_version();

}  // namespace suprsync

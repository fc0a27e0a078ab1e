// Which version of suprsync this is: project(VERSION) in CMakeLists.txt says it, and nothing else does.
#pragma once

#include <string_view>

namespace suprsync {

/// "0.1.0".
std::string_view version();

}  // namespace suprsync

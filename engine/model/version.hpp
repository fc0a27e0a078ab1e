// Which version of suprsync this is. Made by the build: conf/version.cmake says it, and nothing else does.
#pragma once

#include <string_view>

namespace suprsync {

/// "0.1.0" where that is the tag of the commit that was built; "0.1.0+548.gcb4d573" 548 commits after it,
/// "0.0.0+548.gcb4d573" where no release was before it.
std::string_view version();

}  // namespace suprsync

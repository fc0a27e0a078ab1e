// The path by which the kernel shows a descriptor of ours: for system calls that take none that is open by
// O_PATH.
#pragma once

#include <fmt/format.h>

#include <string>

namespace suprsync {

inline std::string shown_by_kernel(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

}  // namespace suprsync

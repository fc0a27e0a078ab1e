// Where the file system of a path is mounted.
#pragma once

#include <string>

namespace suprsync {

/// The mount point, a directory on the way to this real path or the path itself; of what is missing, that of
/// the nearest directory that is there. '' where the kernel does not tell (before 5.8).
std::string mount_point_of(const std::string& path);

}  // namespace suprsync

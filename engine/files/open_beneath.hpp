// Opens what lies below a directory that is open, without following a symbolic link on the way or leaving it.
#pragma once

#include <fcntl.h>

#include <string>

namespace suprsync {

inline constexpr int as_directory = O_PATH | O_DIRECTORY | O_CLOEXEC;

/// A descriptor for `below`, a relative path, empty for the directory itself; open(2)'s flags, without
/// O_CREAT. -1 and errno where that cannot be had, ELOOP or ENOTDIR where a link stands in the way.
int open_beneath(int directory, const std::string& below, int flags);

}  // namespace suprsync

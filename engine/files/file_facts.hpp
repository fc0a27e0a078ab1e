// Small system calls of local files with their errors in our words: stat, and what an errno means.
#pragma once

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <string>

#include "engine/model/disk_space.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// As strerror(3) in the C locale: "Permission denied".
std::string error_text(int error);

/// The failure for an errno of an operation on a path: not_found (ENOENT, ENOTDIR), not_permitted (EACCES,
/// EPERM, EROFS), invalid (a path that no file can have), no_space, place (a disk, a server or a limit of
/// this process), io. The detail says who may not do it.
failure file_failure(const std::string& operation, const std::string& path, int error);

/// As `file_failure` for making, renaming or unlinking `path`: permission hangs on its directory, which the
/// detail names.
failure directory_failure(const std::string& operation, const std::string& path, int error);

file_identity identity_of(const struct ::stat& seen);

/// Success for a regular file; `invalid` with what it is instead.
inline result<void> require_regular(const std::string& operation, const std::string& path,
                                    const struct ::stat& seen) {
    if (S_ISREG(seen.st_mode)) return {};
    const char* kind = S_ISDIR(seen.st_mode)    ? "a directory"
                       : S_ISFIFO(seen.st_mode) ? "a FIFO"
                       : S_ISSOCK(seen.st_mode) ? "a socket"
                                                : "a device";
    return failure{failure_code::invalid, operation, path, fmt::format("it is {}, not a regular file", kind)};
}

/// stat(2) of a regular file, links followed; `no_directory` where the directory is not there either.
result<file_identity> stat_regular(const std::string& operation, const std::string& path);

/// fstat(2) of a regular file that is open; `path` is for the failure.
result<file_identity> stat_open(const std::string& operation, const std::string& path, int descriptor);

disk_space space_told_by(const struct ::statvfs& seen);

/// As local_disk::space.
result<disk_space> space_of(const std::string& path);

/// As local_disk::devices, of one path.
std::uint64_t nearest_device(std::string path);

}  // namespace suprsync

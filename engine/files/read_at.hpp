// Reads all of it, however little the kernel gives at a time.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace suprsync {

/// As pread(2), of a file: less than `count` only where the file ends before; -1 and errno.
::ssize_t read_at(int file, void* bytes, std::size_t count, std::uint64_t offset);

}  // namespace suprsync

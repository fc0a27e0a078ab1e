// How much room a file system has, as statvfs tells it.
#pragma once

#include <cstdint>

namespace suprsync {

struct disk_space {
    std::uint64_t bytes_free = 0;   ///< for an ordinary user
    std::uint64_t bytes_total = 0;  ///< 0: the file system does not count them
    std::uint64_t inodes_free = 0;
    std::uint64_t inodes_total = 0;  ///< 0: the file system does not count them
};

}  // namespace suprsync

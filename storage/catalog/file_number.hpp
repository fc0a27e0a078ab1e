// Which file is at a path: what tells a file that was replaced from the one that is open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace suprsync {

struct file_number {
    std::uint64_t device = 0, inode = 0;  ///< 0: there is none

    bool operator==(const file_number&) const = default;
};

/// Of the file that is at the path now, symbolic links followed, as the kernel tells it.
file_number number_of_file(const std::filesystem::path& path);

using file_numbering = std::function<file_number(const std::filesystem::path&)>;

}  // namespace suprsync

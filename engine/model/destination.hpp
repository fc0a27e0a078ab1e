// What is known of a destination and of files there: which directory is the base, what lies in staging, what
// stands at a final path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace suprsync {

/// Which file system object a base directory is, to notice an unmounted disk.
struct base_identity {
    std::string file_system;  ///< id of the file system, `stat -f -c %i`
    std::uint64_t inode = 0;
    bool operator==(const base_identity&) const = default;
};

/// A file that lies in staging, complete or not.
struct staged_file {
    int slot = 0;
    std::string remote_path;
    std::uint64_t size = 0;  ///< bytes
};

enum class stage_mode {
    resume,   ///< append to what is there (`--append`), new files whole
    compare,  ///< after a mismatch: delta transfer whatever size and time say (`-I --no-whole-file`)
};

struct stat_answer {
    bool answered = false;              ///< the destination said something about this path
    std::optional<std::uint64_t> size;  ///< none where answered and no regular file is there
    std::optional<std::string> md5;
};

}  // namespace suprsync

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

/// Where a directory lies, whatever names of hosts, symbolic links and mounts lead to it.
struct directory_place {
    std::string machine;      ///< which run of which machine's kernel: its boot id
    std::string file_system;  ///< as that kernel numbers it, "254:0"
    std::string path;         ///< in that file system, from its root: "/data/sub"
    bool operator==(const directory_place&) const = default;
};

/// How files of one base directory are called below another one.
struct base_offset {
    std::string taken;  ///< what their remote paths begin with, "sub/", and lose; others do not lie there
    std::string added;  ///< what their remote paths get in front; one of the two is empty
    bool operator==(const base_offset&) const = default;
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

/// What stands at a path there, as an object of a file system.
struct remote_object {
    bool on_this_machine =
        false;  ///< the destination runs on the same kernel: numbers of devices are the same
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t changed_ns = 0;  ///< st_ctime, nanoseconds since the epoch
    std::uint64_t size = 0;       ///< bytes
};

/// Where the bytes of an MD5 sum came from that was asked for past the page cache.
enum class read_source {
    unknown,     ///< nothing there tells what is in memory
    own_memory,  ///< past the page cache, from a file system with a memory of its own, of which nothing tells
    cache,       ///< it could not be dropped from memory
    disk,
};

struct stat_answer {
    bool answered = false;              ///< the destination said something about this path
    std::optional<std::uint64_t> size;  ///< none where answered and no regular file is there
    std::optional<std::string> md5;
    std::optional<remote_object> object{};
    read_source source = read_source::unknown;  ///< of md5
    /// What stands there is listed under this other name, where case is ignored; then nothing else is said.
    std::optional<std::string> listed_as{};
};

}  // namespace suprsync

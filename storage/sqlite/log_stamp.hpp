// When the database's write-ahead log was written last: every commit of anybody writes it. A look at it costs
// microseconds, where asking SQLite takes two hops between threads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace suprsync {

struct log_stamp {
    ::ino_t inode = 0;
    std::int64_t size = 0;
    std::int64_t written_ns = 0;
    bool operator==(const log_stamp&) const = default;
};

/// Of the log of this database as it is now; none where there is no log, or where it was written so recently
/// that the next commit may leave the same stamp.
std::optional<log_stamp> look_at_log(const std::filesystem::path& database);

}  // namespace suprsync

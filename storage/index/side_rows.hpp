// What we keep beside every row of the shared table, and the pure rules that derive it: keys by which rows
// are found, the state that counters and work lists go by.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/file.hpp"
#include "engine/rules/row_state.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Columns of supersync_v0 in the order that `read_row` expects; `s` is the table's alias.
#define SUPRSYNC_ROW_COLUMNS                                                                            \
    "s.id, s.local_path, s.local_md5sum, s.archive_name, s.remote_path, s.timestamp, s.remote_md5sum, " \
    "s.copied, s.removed, s.failed_copy_attempts, s.deletable, s.\"ignore\""

/// The shared row from the query's first columns (spec, Shared tables: how NULLs and remote paths are read).
file_row read_row(const query& q);
/// By id; none where it is gone.
std::optional<file_row> find_row(sqlite_connection& connection, file_id id);

/// Orders pending rows: those of a lane by `due`, lane after lane.
enum class lane {
    finalization = 0,  ///< untried finalization files, due: timestamp
    untried = 1,       ///< due: timestamp
    later = 2,         ///< tried or postponed; due: not before
};

inline constexpr int no_timecode = -1;
/// Timestamp of rows that are undated, and when those of them are due that might be deleted: later than
/// anything that is asked for.
inline constexpr epoch_seconds of_undated = std::numeric_limits<epoch_seconds>::max();
/// Stands for "no timecode" in remote keys: more than five digits hold.
inline constexpr std::int64_t timecode_of_none = 131071;
inline constexpr int remote_hash_bits = 40;

/// Timecode and hash of a remote path: rows of one path share it, rows of one directory lie together, and
/// names that count on follow one another, so that many registrations change few pages of the index.
std::int64_t remote_key(std::string_view remote_path);
/// Hash of the directory and of the name of a local path, positive; the name's counts on, too.
std::int64_t local_key(std::string_view local_path);
/// The part of a local key that is the hash of the name; the index over unsettled rows repeats the
/// expression.
#define SUPRSYNC_NAME_KEY(local_key) "(" local_key " & 4294967295)"
std::int64_t name_key(std::string_view name);

struct side_row {
    file_id id = 0;
    std::int64_t archive = 0;
    row_state state = row_state::pending;
    suprsync::lane lane = lane::untried;
    double due = 0;
    int timecode = no_timecode;  ///< of data rows; finalization files are no data
    std::int64_t remote_key = 0;
    std::int64_t local_key = 0;
    epoch_seconds timestamp = 0;       ///< or of_undated
    std::optional<std::int64_t> size;  ///< bytes, where known

    bool operator==(const side_row&) const = default;
    bool same_file(const side_row& other) const {
        return archive == other.archive && remote_key == other.remote_key && local_key == other.local_key;
    }
};

/// `not_before` is the time until which the row was put off, where it was; `size` is left out.
side_row derive(const file_row& row, std::int64_t archive, int max_attempts,
                std::optional<epoch_seconds> not_before);

std::optional<side_row> find_side_row(sqlite_connection& connection, file_id id);
void insert_side_row(sqlite_connection& connection, const side_row& row);
/// Of a row that is the same file as before.
void update_side_row(sqlite_connection& connection, const side_row& row);

}  // namespace suprsync

// Where rows lie among the ids: of every block of some hundred ids, the timecodes in it and the newest
// registration. Entries are only ever added and raised (storage/index/change_index.hpp), so that keeping them
// costs next to nothing; a list of files that asks for few of ten million rows leaves out whole blocks by
// them. Plain indexes over timecode and timestamp are no substitute: what they find must be sorted by id, 2
// to 5 s for a page out of half of ten million rows.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "storage/index/archive_table.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

inline constexpr int block_bits = 8;
/// Blocks of blocks: a walk over those in which nothing is asked for does not grow with the catalog.
inline constexpr int block_levels = 2;
inline std::int64_t block_of(file_id id) { return id >> block_bits; }
inline file_id first_of_block(std::int64_t block) { return block * (std::int64_t{1} << block_bits); }
inline file_id last_of_block(std::int64_t block) { return first_of_block(block + 1) - 1; }

/// Timecodes from `first` to before `end`, as in remote keys.
struct timecode_range {
    std::int64_t first = 0;
    std::int64_t end = timecode_of_none + 1;
};

/// What rows are asked for. What is not set does not restrict.
struct block_filter {
    std::vector<timecode_range> timecodes;  ///< in one of them; at most 2
    std::optional<epoch_seconds> since;     ///< least timestamp

    bool restricts() const { return since || !timecodes.empty(); }
    bool lets_pass(std::int64_t remote_key, epoch_seconds timestamp) const;
};

/// Rows with remote paths that begin so, registered at that time or later.
block_filter filter_of(const std::optional<std::string>& remote_prefix, std::optional<epoch_seconds> since);

/// The first block from `from` on in which the archive (0: any) may have such rows; none where there is none.
std::optional<std::int64_t> next_block(sqlite_connection& connection, const archive_table& archives,
                                       const block_filter& filter, std::int64_t archive, std::int64_t from);

}  // namespace suprsync

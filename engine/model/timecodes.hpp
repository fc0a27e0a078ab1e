// Timecode directories: those that are not finalized yet, what a finalization file says of one, and how
// people look at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

/// A timecode directory that is not finalized yet.
struct open_timecode {
    int timecode = 0;
    std::int64_t files = 0;      ///< data rows that are not ignored (finalization files are no data)
    std::int64_t unsettled = 0;  ///< of these
    std::int64_t failed = 0;     ///< of these
    std::int64_t lost = 0;       ///< verified copies on record that are not there as they were verified
    bool removed_there = false;  ///< its directory was removed at the destination, and waits for a word
    int revision = 0;            ///< of the last finalization file; 0: none yet
    epoch_seconds last_finalized_at = 0;  ///< 0: never
    epoch_seconds settled_at = 0;  ///< when its newest copy was made; 0: not known, or none is announced
    bool completed = false;        ///< flags of the shared table
    bool synced = false;
    std::vector<std::string> failed_examples;  ///< local paths of at most 3 failed files
    std::vector<std::string> lost_examples;    ///< remote paths of at most 3 lost copies
};

struct open_timecodes {
    std::vector<open_timecode> directories;  ///< with at least one data row, ascending
    std::optional<int> newest_with_data;     ///< of the archive, among those that are to be believed
};

/// What a finalization file says of a directory; equality tells whether anything changed in between.
struct timecode_summary {
    int timecode = 0;
    std::int64_t num_files = 0;        ///< distinct remote paths of data rows that are not ignored
    std::vector<std::string> subdirs;  ///< sorted, distinct
    int revision = 0;                  ///< of the file to be written
    bool synced = false;               ///< nothing unsettled
    std::optional<epoch_seconds> oldest_unsettled;  ///< of the archive, for finalized_until
    bool lost = false;  ///< of one that is to be announced again: copies of it are lost, or its directory
    bool operator==(const timecode_summary&) const = default;
};

/// A timecode directory as people look at it.
struct timecode_view {
    int timecode = 0;
    std::string archive_name;
    bool completed = false;
    bool synced = false;
    bool finalized = false;
    int revision = 0;  ///< of the last finalization file; 0: none yet
    std::optional<epoch_seconds> last_finalized_at;
    std::int64_t files = 0;           ///< data rows that are not ignored
    std::int64_t unsettled = 0;       ///< of these
    std::int64_t failed = 0;          ///< of these
    std::int64_t lost = 0;            ///< verified copies on record that are not there as they were verified
    bool removed_there = false;       ///< its directory was removed at the destination, and waits for a word
    std::vector<file_view> blocking;  ///< unsettled files, failed ones first, then lost copies; at most 10
};

}  // namespace suprsync

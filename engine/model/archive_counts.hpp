// How many files of an archive are in which state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/file.hpp"

namespace suprsync {

/// A row whose timestamp tells no time (spec, Shared tables).
struct undated_file {
    file_id id = 0;
    std::string local_path;
    std::string timestamp;  ///< what is stored, as SQL writes it: '2026-11-28', X'0001', -5.0
};

/// An archive as the catalog knows it, whether this daemon works on it or not.
struct known_archive {
    std::string name;
    std::int64_t files = 0;  ///< rows
    std::int64_t unsettled = 0;
    bool served = false;  ///< some daemon has worked on it, once or now
    bool locked = false;  ///< by one that works on it now; not asked where nothing is unsettled

    bool operator==(const known_archive&) const = default;
};

/// Counters of an archive, kept up to date with every commit: reading them costs O(1).
struct archive_counts {
    std::int64_t files = 0;      ///< rows
    std::int64_t unsettled = 0;  ///< neither verified nor ignored
    std::int64_t failed = 0;     ///< unsettled and without attempts left (or removed)
    std::int64_t ignored = 0;
    std::int64_t verified = 0;  ///< removed ones included
    std::int64_t removed = 0;
    // Bytes of these files; a file whose size is not known counts 0.
    std::int64_t known_bytes_unsettled = 0;
    std::int64_t known_bytes_failed = 0;
    std::int64_t known_bytes_ignored = 0;
    std::int64_t known_bytes_verified = 0;
    std::int64_t known_bytes_removed = 0;
    /// Verified files that may be deleted once they are old enough (neither ignored nor kept), and their
    /// bytes; none: they are not counted yet.
    std::optional<std::int64_t> deletable;
    std::optional<std::int64_t> known_bytes_deletable;
    std::optional<epoch_seconds> oldest_unsettled;  ///< least timestamp of an unsettled row that has one
    std::optional<epoch_seconds> oldest_waiting;    ///< the same of those that have not failed, as far as it
                                                    ///< lies near the begin of these
    epoch_seconds finalized_until_published = 0;    ///< the greatest value ever published; 0: none yet
    std::string last_file_added;                    ///< local path of the newest registration
    std::string last_file_copied;                   ///< local path of the last row that became verified
    std::vector<undated_file> undated;              ///< neither ignored nor kept nor removed; at most 10
};

}  // namespace suprsync

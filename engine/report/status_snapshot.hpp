// What GET /status shows, key for key the agent's (spec, HTTP interface), and what was added to it.
// Owned by the loop thread; kept in memory, so that showing it never touches the catalog.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/file.hpp"
#include "engine/report/transfers.hpp"

namespace suprsync {

/// The newest batch, of any archive or of one.
struct last_copy {
    epoch_seconds start_time = 0;
    std::vector<std::pair<std::string, bool>> files;  ///< local path, verified; the newest 1,000
    std::optional<epoch_seconds> stop_time;           ///< none while it runs
    std::optional<std::string> error;                 ///< "timed out" or "nonzero exit"
};

struct archive_stats {
    epoch_seconds finalized_until = 0;  ///< as it is computed now
    std::int64_t num_files = 0;
    std::int64_t uncopied_files = 0;
    std::string last_file_added;
    std::string last_file_copied;
    epoch_seconds finalized_until_published = 0;  ///< the greatest that readers were ever told; 0: none yet
};

struct status_counters {
    std::uint64_t iterations = 0;
    std::uint64_t copies = 0;
    std::uint64_t errors_timeout = 0;
    std::uint64_t errors_nonzero = 0;
    std::uint64_t errors_sqlite = 0;
};

/// Something that a person should look at (spec, Conditions).
struct condition {
    std::string kind;     ///< "destination_unreachable", "files_failed", ...
    std::string archive;  ///< empty: of the whole daemon
    std::string message;  ///< what, why, and what to do
    epoch_seconds since = 0;
    std::uint64_t count = 0;  ///< times it was met
};

/// What the link to an archive's destination is doing.
struct link_view {
    std::string state;                          ///< unknown (not asked yet), up, down, trying
    std::optional<epoch_seconds> down_since;    ///< its first failure since it answered last
    std::optional<epoch_seconds> next_attempt;  ///< down: when it is tried again
    std::string error;                          ///< down: why
};

/// What the catalog holds of an archive.
struct catalog_totals {
    std::int64_t files = 0;
    std::int64_t unsettled = 0;  ///< neither verified nor ignored
    std::int64_t failed = 0;     ///< of these
    std::int64_t ignored = 0;
    std::int64_t verified = 0;  ///< deleted ones included
    std::int64_t deleted = 0;   ///< or found missing
};

/// How the check of copies in the background is doing.
struct scrub_view {
    bool on = false;
    std::optional<epoch_seconds> round_begun{};  ///< of the round under way
    std::optional<double> round_done{};          ///< of 1, by ids
    std::optional<epoch_seconds> round_ended{};  ///< of the last whole one
    std::int64_t files_proven = 0;  ///< ever asked for again, by it or while in doubt, and as verified
    std::int64_t bytes_proven = 0;
    std::int64_t mismatches = 0;  ///< ever found not to be as they were verified
};

struct archive_activity {
    std::string name;
    std::string destination;
    std::string
        activity;  ///< idle, copying, deleting, waiting (for the destination), paused, stopped, preparing
    std::int64_t files_in_flight = 0;
    std::uint64_t bytes_in_flight = 0;
    std::int64_t files_waiting = 0;
    std::uint64_t bytes_waiting = 0;  ///< of the files whose size is known
    std::int64_t files_failed = 0;
    /// Verified, and to be deleted once they are old enough, with delete_local_after; none: not counted yet.
    std::optional<std::int64_t> files_deletable;
    std::optional<std::int64_t> bytes_deletable;  ///< of those whose size is known
    double bytes_per_second = 0;                  ///< over the last 10 s
    double files_per_second = 0;                  ///< verified, over the last 10 s
    double bytes_per_second_1m = 0;               ///< over the last minute
    double files_per_second_1m = 0;
    double bytes_per_second_15m = 0;  ///< over the last quarter of an hour
    double files_per_second_15m = 0;
    std::optional<epoch_seconds> estimated_end;  ///< of all that waits
    std::optional<epoch_seconds>
        oldest_waiting;                        ///< registration of the oldest file that waits or is in flight
    std::optional<double> verified_after_p50;  ///< s from registration to verified, over the last hour
    std::optional<double> verified_after_p99;
    std::optional<epoch_seconds> next_attempt;  ///< when the destination or the next file is tried again
    std::int64_t files_verified = 0;            ///< since the daemon started
    std::int64_t files_deleted = 0;
    std::int64_t late_files = 0;
    bool paused = false;
    std::string pause_reason;  ///< '' where it is not
    bool ocs_stopped = false;
    link_view link;
    catalog_totals catalog;
    /// Since when every copy was verified or asked for again; none: nobody has asked for all of them.
    std::optional<epoch_seconds> oldest_check{};
    scrub_view scrub{};
};

/// The agent's session data of one archive alone: where several are told of, `archive_stats` is nested.
struct archive_session {
    std::string activity = "idle";
    epoch_seconds timestamp = 0;
    std::optional<suprsync::last_copy> last_copy;
    suprsync::archive_stats archive_stats;
    status_counters counters;  ///< errors_sqlite is the daemon's: archives share the catalog
};

struct status_snapshot {
    std::string activity = "idle";
    epoch_seconds timestamp = 0;
    std::optional<suprsync::last_copy> last_copy;
    std::map<std::string, suprsync::archive_stats> archive_stats;
    status_counters counters;

    std::string instance_id;
    std::string version;
    epoch_seconds started_at = 0;
    bool degraded = false;  ///< there is a condition
    std::vector<condition> conditions;
    std::vector<archive_activity> archives;
    std::vector<transfer> transfers;  ///< in flight, of all archives; without ids
};

}  // namespace suprsync

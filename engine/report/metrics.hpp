// What the doers measure while they work, for GET /metrics: durations, exit statuses, bytes. Plain numbers on
// the loop thread; how they are shown is the HTTP server's business.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/model/archive_counts.hpp"
#include "engine/model/duration_histogram.hpp"
#include "engine/model/latencies.hpp"
#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// Of one archive, since it is served.
struct archive_instruments {
    duration_histogram transfers{duration_histogram::of_processes};      ///< rsync, start to end
    duration_histogram verifications{duration_histogram::of_processes};  ///< md5sum at the destination
    std::map<std::string, std::uint64_t> rsync_exits;  ///< by class: "0", "23", "signal 9", "timed out"
    std::uint64_t sent_bytes = 0;
    std::uint64_t verified_bytes = 0;
    latencies verified_after;  ///< from registration to verified, of files that have a date
    std::uint64_t failed_attempts = 0;
    std::uint64_t finalizations = 0;  ///< finalization files written and registered
};

/// Everything that GET /metrics shows, as it is now.
struct measurements {
    suprsync::status_snapshot status_snapshot;
    struct of_archive {
        archive_counts counts;
        archive_instruments instruments;
    };
    std::map<std::string, of_archive> archives;
    std::int64_t unserved_registrations = 0;  ///< unsettled files of archives that no daemon works on
    duration_histogram catalog_waits{duration_histogram::of_catalog};
};

}  // namespace suprsync

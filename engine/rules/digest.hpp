// The digest of a day (spec, Being told): when it is due, what has happened since the last one, and how that
// reads. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/archive_counts.hpp"
#include "engine/model/kept_copy.hpp"
#include "engine/model/notify_settings.hpp"
#include "engine/rules/notice.hpp"

namespace suprsync {

/// Of one archive, as the catalog counts them: they only grow.
struct digest_totals {
    std::int64_t verified = 0;
    std::int64_t bytes_verified = 0;
    std::int64_t removed = 0;
    std::int64_t bytes_removed = 0;
    std::int64_t proven = 0;  ///< asked for again, and as they were verified
    std::int64_t bytes_proven = 0;

    bool operator==(const digest_totals&) const = default;
};

digest_totals totals_of(const archive_counts& counts, const proof_counts& proofs);

/// What is remembered, over restarts, of the last digest.
struct digest_mark {
    std::int64_t day = 0;  ///< as digest_day() counts them
    epoch_seconds at = 0;
    std::map<std::string, digest_totals> archives;

    bool operator==(const digest_mark&) const = default;
};

/// One record, of several lines.
std::string record_of(const digest_mark& mark);
/// The mark that a record was made of; none where it is no such record.
std::optional<digest_mark> read_mark(std::string_view record);

/// Which day it is at `now`, where days begin at `when`: a number that grows by one at that hour. `offset`: s
/// that this machine's time zone is ahead of UTC now.
std::int64_t digest_day(const daily_time& when, epoch_seconds now, double offset);

/// Whether a digest is due: the hour of a day has come for which there was none. A day that lies ahead is
/// that of a clock which was wrong then.
bool is_due(const digest_mark& last, std::int64_t day);

/// What is told of an archive.
struct digest_archive {
    std::string name;
    digest_totals totals;
    std::int64_t waiting = 0;  ///< files
    std::uint64_t bytes_waiting = 0;
    std::int64_t failed = 0;
    std::optional<epoch_seconds> oldest;  ///< registration of the oldest that is neither verified nor ignored
    epoch_seconds finalized_until = 0;    ///< 0: nothing is
};

/// Of the archives that the entry wants; conditions of others are left out, those of the whole daemon are in.
notice digest_notice(const notify_configuration& entry, const digest_mark& last,
                     const std::vector<digest_archive>& archives,
                     const std::vector<told_condition>& conditions, epoch_seconds at,
                     const notice_source& from);

}  // namespace suprsync

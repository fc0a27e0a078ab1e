// Brings side tables of an earlier version up to date: what that version did not keep is counted from the
// side rows, a short transaction at a time (spec 3.1).
#pragma once

#include <chrono>
#include <cstdint>

#include "storage/sqlite_session.hpp"

namespace suprsync {

/// Adds the columns that are missing; all side rows that are there are to be counted. Part of the caller's
/// transaction.
void begin_upgrade(sqlite_session& session);

struct upgrade_progress {
    std::int64_t counted_to = 0;  ///< side rows with larger ids, up to `end`, are not counted yet
    std::int64_t end = 0;
    bool done() const { return counted_to >= end; }
};

upgrade_progress read_upgrade(sqlite_session& session);

/// Counts for about `budget`, in one transaction.
upgrade_progress upgrade_some(sqlite_session& session, std::chrono::steady_clock::duration budget);

}  // namespace suprsync

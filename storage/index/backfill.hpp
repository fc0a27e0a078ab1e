// Indexes the rows that were there before our triggers, a short transaction at a time (spec, Shared tables):
// the write lock is held for milliseconds, whatever the size of the catalog.
#pragma once

#include <chrono>

#include "engine/model/preparation.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Time under the write lock for one step of long work on the side tables.
inline constexpr std::chrono::milliseconds index_step{25};

/// How long the lock is left free between two steps. Writers of other programs poll for it at intervals of up
/// to 100 ms: the time is random, so that no rhythm keeps one out.
std::chrono::milliseconds pause_between_steps();

/// Everything is indexed from now on, anew where it was: the counters of archives are 0, and count each row
/// when its turn comes. Makes the triggers anew. Within a write transaction.
void begin_indexing(sqlite_connection& connection);

/// Whether every row that was there before the triggers has been indexed.
bool is_indexed(sqlite_connection& connection);

/// One transaction of about `budget`; what is recorded of other programs' changes is taken in at the end.
/// `rows_done` and `rows_total` are estimates by id until it is done.
preparation index_some(sqlite_connection& connection, std::chrono::steady_clock::duration budget);

}  // namespace suprsync

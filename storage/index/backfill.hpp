// Indexes the rows that were there before our triggers, a short transaction at a time (spec 3.1): the write
// lock is held for milliseconds, whatever the size of the catalog.
#pragma once

#include <chrono>

#include "engine/model/preparation.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// One transaction of about `budget`; what is noted of other programs' changes is taken in at the end.
/// `rows_done` and `rows_total` are estimates by id until it is done.
preparation index_some(sqlite_connection& connection, std::chrono::steady_clock::duration budget);

}  // namespace suprsync

// Empties, drops and makes the side tables as this program has them, in short transactions, while other
// programs go on writing. What no index can find out again is kept. What is left to do then is the first
// index.
#pragma once

#include <string>
#include <vector>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whether all of our tables and indexes are there, by their names.
bool side_tables_stand(sqlite_connection& connection);

/// `cause` stands in suprsync_meta, as rebuild_key, until the last table is made: where the process ends
/// before, it is to be called again. Returns the tables, and columns, of those to be kept that could not be
/// read. Throws SQLite::Exception.
std::vector<std::string> remake_side_tables(sqlite_connection& connection, const std::string& cause);

/// Between two short transactions: other programs poll for the lock, and no rhythm is to keep one of them
/// out.
void leave_the_lock_free();

}  // namespace suprsync

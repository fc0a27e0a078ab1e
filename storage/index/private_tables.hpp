// For a connection that may not write: the side tables copied to its own temporary ones, in memory, where
// changes of other programs are taken in that nobody has taken in yet. In SQLite an unqualified name means
// the temporary table.
#pragma once

#include <cstdint>

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// With more rows than this the copy would take longer than people wait (about 6 us a row).
inline constexpr std::int64_t most_rows_copied = 500'000;

/// Whether this connection has such a copy.
bool has_private_tables(sqlite_connection& connection);

/// Makes it. False, and nothing is made, where there are more rows than `most_rows_copied`. Throws
/// SQLite::Exception.
bool make_private_tables(sqlite_connection& connection);

}  // namespace suprsync

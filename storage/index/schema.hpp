// A database as a catalog: whether it is one that this program can use, and what makes it one. The tables
// themselves are in storage/index/side_tables.hpp.
#pragma once

#include <string>

#include "engine/model/failure.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Judges the two shared tables by their column names. Failure `not_a_catalog` says what is missing and what
/// is unexpected; a database without them is fine.
result<void> check_shared_tables(sqlite_connection& connection, const std::string& path);

/// Judges what is there by its column names and by the version of its side tables. Failure `not_a_catalog`
/// says what is missing and unexpected, or what to do; a database without the shared tables is fine.
result<void> check_schema(sqlite_connection& connection, const std::string& path);

/// WAL mode, every commit on the disk before it is answered, and SQLite's cache. Throws SQLite::Exception
/// where the file system does not support it.
void set_up_connection(sqlite_connection& connection);

/// Whether install_schema() would find nothing to do: somebody else may have dropped tables or triggers
/// since.
bool schema_stands(sqlite_connection& connection);

/// Sets the connection up, makes what is missing or broken, brings side tables of an earlier version up to
/// date, and returns the catalog's UUID. Where triggers are missing, everything is to be indexed (anew):
/// their making and the first row of the indexing are one transaction. Throws SQLite::Exception.
std::string install_schema(sqlite_connection& connection);

/// Whether install_schema would bring side tables up to date that a running daemon of an earlier program
/// would not know any more: it must not work on any archive meanwhile.
bool has_earlier_major(sqlite_connection& connection);

}  // namespace suprsync

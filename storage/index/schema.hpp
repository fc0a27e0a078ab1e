// The catalog's tables: the two shared ones, exactly as other programs create them, and ours beside them
// (suprsync_*), with the triggers that note which shared rows changed (spec 3.1).
#pragma once

#include <string>

#include "engine/model/failure.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Judges what is there by its column names. Failure `not_a_catalog` lists what is missing and what is
/// unexpected; a database without the shared tables is fine.
result<void> check_schema(sqlite_connection& connection, const std::string& path);

/// Switches to WAL mode, makes what is missing, and returns the catalog's UUID. Where triggers are missing,
/// everything is to be indexed (anew): their making and the first row of the indexing are one transaction.
std::string install_schema(sqlite_connection& connection);

}  // namespace suprsync

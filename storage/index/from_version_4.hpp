// The way from side tables of version 4, which had the counters of an archive as columns of its row: a
// transaction of some rows, however many files the catalog holds.
#pragma once

#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Within a write transaction, on tables of version 4 beside which those of ours have been made. Throws
/// SQLite::Exception.
void upgrade_from_version_4(sqlite_connection& connection);

}  // namespace suprsync

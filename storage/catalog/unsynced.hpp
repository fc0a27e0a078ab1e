// Rows that were verified and may be in memory only at the destination: no sync there was answered since
// (spec, Deleting).
#pragma once

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// To be called for each row that becomes verified.
void note_unsynced(sqlite_connection& connection, const file_row& row);

bool is_unsynced(sqlite_connection& connection, file_id id);

}  // namespace suprsync

// Which copies are to be read anew, since a sync at the destination failed after they were written.
#pragma once

#include <optional>
#include <string>

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// The last sync that failed for an archive: of the rows up to `last`, which were registered before it, those
/// up to `proved_to` have been looked at. What became verified of these later is in suprsync_unproved.
struct failed_sync {
    file_id proved_to = 0;
    file_id last = 0;
};
std::optional<failed_sync> find_failed_sync(sqlite_connection& connection, const std::string& archive);

bool is_unproved(sqlite_connection& connection, const std::string& archive, file_id id);
bool any_unproved(sqlite_connection& connection, const std::string& archive);

/// Its copy is to be read anew.
void list_unproved(sqlite_connection& connection, const file_row& row);
/// To be called for each row that becomes verified.
void note_verified(sqlite_connection& connection, const file_row& row);

}  // namespace suprsync

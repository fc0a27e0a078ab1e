// What is known of the copies that are to be read anew, since after they were written a sync at the
// destination failed, or its machine was started anew.
#pragma once

#include <optional>
#include <string>

#include "engine/model/file.hpp"
#include "engine/rules/copy_doubt.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// The rows that are listed are those of suprsync_unproved.
std::optional<failed_sync> find_failed_sync(sqlite_connection& connection, const std::string& archive);

/// As engine/rules/copy_doubt.hpp judges.
bool is_unproved(sqlite_connection& connection, const std::string& archive, file_id id);
bool any_unproved(sqlite_connection& connection, const std::string& archive);

/// Its copy is to be read anew.
void list_unproved(sqlite_connection& connection, const file_row& row);
/// The same where what memory there holds of it counts, too: no write-back of it failed.
void list_after_new_start(sqlite_connection& connection, const file_row& row);
/// To be called for each row that becomes verified: its copy is to be read anew where a sync failed before;
/// see is_to_be_listed().
void list_if_doubtful(sqlite_connection& connection, const file_row& row, bool written_before);
/// To be called for each row that was ignored and is verified again: nobody looked after its copy, and
/// another file may have taken its place.
void list_taken_back(sqlite_connection& connection, const file_row& row);

}  // namespace suprsync

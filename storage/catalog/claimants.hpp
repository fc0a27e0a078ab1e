// Which rows share a remote path of one destination (spec 4), a local path or its last component: by the
// indexes over their keys.
#pragma once

#include <vector>

#include "engine/ports/catalog.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whether this row has the remote path, of any archive with the same destination.
bool is_rival(const archive_table& archives, const std::string& archive, const std::string& remote_path,
              const file_row& other);
claimant rival_of(file_row row);

/// Every other row with the remote path, of any archive with the same destination, ignored ones included.
/// `self` is left out (0: nobody).
std::vector<claimant> claimants_of(sqlite_connection& connection, const archive_table& archives,
                                   const std::string& archive, const std::string& remote_path, file_id self);

/// Whether an unsettled row other than `self`, of any archive, has this local path.
bool wanted_elsewhere(sqlite_connection& connection, const std::string& local_path, file_id self);

/// Whether a later row that is not ignored sends the same local path to the same place: that one decides.
bool is_superseded(sqlite_connection& connection, const archive_table& archives, const file_row& row);

/// A page of unsettled rows by the names that their local paths end with (catalog::unsettled_named).
std::vector<named_file> unsettled_named(sqlite_connection& connection, const name_query& query);

/// Whether the archive has a row of this local path, in whatever state.
bool is_registered(sqlite_connection& connection, std::int64_t archive, const std::string& local_path);

/// Whether an unsettled row of the archive has this remote path.
bool is_awaited(sqlite_connection& connection, std::int64_t archive, const std::string& remote_path);

}  // namespace suprsync

// The rows that claim one path of one destination, found by the index over remote keys; who of them owns it,
// engine/rules/claims says.
#pragma once

#include <string>
#include <vector>

#include "engine/rules/claims.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whether this row has the remote path, of any archive with the same destination as `archive`.
bool claims_path(const archive_table& archives, const std::string& archive, const std::string& remote_path,
                 const file_row& row);

/// Every row with the remote path, of any archive with the same destination, ignored ones included, but the
/// row `self` (0: all).
std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                     const std::string& archive, const std::string& remote_path,
                                     file_id self);

/// The same for a row among the others of its path.
std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                     const file_row& row);

}  // namespace suprsync

// New rows: registrations of files, all or none.
#pragma once

#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As catalog::add. Failures: `conflict`, `invalid` where there are too many.
result<std::vector<added_file>> add_files(sqlite_connection& connection,
                                          const std::vector<registration>& files);

/// The same for files that have nothing to do with one another, in one transaction: an answer for each.
std::vector<result<added_file>> add_each(sqlite_connection& connection,
                                         const std::vector<registration>& files);

/// Inserts the row; returns it as it is then.
file_row insert_row(sqlite_connection& connection, const registration& r);

}  // namespace suprsync

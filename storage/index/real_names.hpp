// Where local files lay, every symbolic link resolved, when they were verified: of those rows alone that
// spell it otherwise ("//", "/./", a link on the way). So rows of one file are found however each spells it.
#pragma once

#include <string>

#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// To be called for each row that becomes verified; `real_path` is '' where nobody can tell.
void record_real_name(sqlite_connection& connection, const file_row& row, const std::string& real_path);
/// Nothing is verified any more of this row's local file.
void forget_real_name(sqlite_connection& connection, file_id id);

}  // namespace suprsync

// Timecode directories as people look at them, with the files that block each.
#pragma once

#include <vector>

#include "engine/ports/catalog_admin.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// As catalog_admin::timecodes, on up-to-date side tables.
std::vector<timecode_view> list_directories(sqlite_connection& connection, const timecode_query& query);

}  // namespace suprsync

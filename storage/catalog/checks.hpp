// A row of the catalog as a copy that the destination is to have.
#pragma once

#include <map>
#include <optional>

#include "engine/model/kept_copy.hpp"
#include "storage/catalog/removed_days.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// None where the row is gone, or the destination is not to have its copy. `days`: what is on record of the
/// archive's.
std::optional<kept_copy> find_kept_copy(sqlite_connection& connection, const archive_table& archives,
                                        const std::map<int, removed_day>& days, file_id id);

}  // namespace suprsync

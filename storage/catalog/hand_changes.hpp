// What people change by hand: attempts given back, `ignore` and `deletable` set. Short write transactions on
// up-to-date side tables.
#pragma once

#include <optional>
#include <vector>

#include "engine/ports/catalog_admin.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Most rows that one transaction changes.
inline constexpr std::size_t most_retried_at_once = 500;

/// Sets the attempts of those rows to 0 that are failed or retrying and match the request, and forgets their
/// delay. Returns how many are to be tried again. At most most_retried_at_once ids, one transaction.
result<std::int64_t> retry_files(sqlite_connection& connection, const retry_request& request,
                                 const std::vector<file_id>& ids);

/// As catalog_admin::change_file.
result<std::optional<file_view>> change_file(sqlite_connection& connection, file_id id,
                                             const file_change& change);

}  // namespace suprsync

// What is to be copied and deleted, and whether it still is: reads on up-to-date side tables, each as long as
// its answer, however many rows the catalog has.
#pragma once

#include <vector>

#include "engine/ports/catalog.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// `known_at_start` is the highest id when this process opened the catalog: what was sent of such rows is not
/// known.
work_list load_work(sqlite_connection& connection, const work_query& query, file_id known_at_start);

std::vector<bool> still_wanted(sqlite_connection& connection, const std::vector<file_row>& rows);

std::vector<deletable_item> load_deletable(sqlite_connection& connection, const std::string& archive,
                                           epoch_seconds registered_before, epoch_seconds now,
                                           std::size_t limit);

std::vector<bool> may_delete(sqlite_connection& connection, const std::vector<file_row>& rows,
                             epoch_seconds registered_before);

std::vector<bool> awaited(sqlite_connection& connection, const std::string& archive,
                          const std::vector<std::string>& remote_paths);

std::optional<file_view> find_file(sqlite_connection& connection, file_id id);
/// The row with what is noted of it.
file_view view_of(sqlite_connection& connection, file_row row, int max_attempts);

}  // namespace suprsync

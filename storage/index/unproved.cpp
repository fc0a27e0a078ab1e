#include "storage/index/unproved.hpp"

namespace suprsync {

std::optional<failed_sync> find_failed_sync(sqlite_connection& connection, const std::string& archive) {
    auto q = connection.ask("SELECT proved_to, last FROM suprsync_failed_syncs WHERE archive = ?1", archive);
    if (!q.next()) return std::nullopt;
    return failed_sync{q.integer(0), q.integer(1)};
}

bool is_unproved(sqlite_connection& connection, const std::string& archive, file_id id) {
    return is_doubtful(
        find_failed_sync(connection, archive), id,
        connection.number("SELECT count(*) FROM suprsync_unproved WHERE file_id = ?1", id) != 0);
}

bool any_unproved(sqlite_connection& connection, const std::string& archive) {
    return any_doubtful(
        find_failed_sync(connection, archive),
        connection.number("SELECT EXISTS (SELECT 1 FROM suprsync_unproved WHERE archive = ?1)", archive) !=
            0);
}

void list_unproved(sqlite_connection& connection, const file_row& row) {
    connection.run("INSERT OR REPLACE INTO suprsync_unproved (file_id, archive) VALUES (?1, ?2)", row.id,
                   row.archive_name);
}

void list_after_new_start(sqlite_connection& connection, const file_row& row) {
    connection.run("INSERT OR IGNORE INTO suprsync_unproved (file_id, archive, restarted) VALUES (?1, ?2, 1)",
                   row.id, row.archive_name);
}

void list_taken_back(sqlite_connection& connection, const file_row& row) {
    list_if_doubtful(connection, row, true);
    list_after_new_start(connection, row);
}

void list_if_doubtful(sqlite_connection& connection, const file_row& row, bool written_before) {
    if (is_to_be_listed(find_failed_sync(connection, row.archive_name), row.id, written_before))
        list_unproved(connection, row);
}

}  // namespace suprsync

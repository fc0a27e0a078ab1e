#include "storage/index/real_names.hpp"

#include "storage/index/side_rows.hpp"

namespace suprsync {

void record_real_name(sqlite_connection& connection, const file_row& row, const std::string& real_path) {
    if (real_path.empty() || real_path == row.local_path) return forget_real_name(connection, row.id);
    connection.run("INSERT OR REPLACE INTO suprsync_real_names (file_id, local_key) VALUES (?1, ?2)", row.id,
                   local_key(real_path));
}

void forget_real_name(sqlite_connection& connection, file_id id) {
    connection.run("DELETE FROM suprsync_real_names WHERE file_id = ?1", id);
}

}  // namespace suprsync

#include "storage/catalog/claimants.hpp"

#include <algorithm>

#include "storage/index/change_index.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

bool is_rival(const archive_table& archives, const std::string& archive, const std::string& remote_path,
              const file_row& other) {
    // Hashes may collide, paths do not.
    return other.remote_path == remote_path && archives.same_destination(archive, other.archive_name);
}

claimant rival_of(file_row row) {
    claimant r;
    r.verified = is_verified(row);
    r.id = row.id;
    r.ignore = row.ignore;
    r.archive_name = std::move(row.archive_name);
    r.local_path = std::move(row.local_path);
    r.local_md5sum = std::move(row.local_md5sum);
    r.remote_md5sum = std::move(row.remote_md5sum).value_or("");
    return r;
}

std::vector<claimant> claimants_of(sqlite_connection& connection, const archive_table& archives,
                                   const std::string& archive, const std::string& remote_path, file_id self) {
    std::vector<claimant> found;
    auto q = connection.ask(
        "SELECT " SUPRSYNC_ROW_COLUMNS
        " FROM suprsync_files AS f INDEXED BY suprsync_files_remote CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.remote_key = ?1 AND f.file_id <> ?2",
        remote_key(remote_path), self);
    while (q.next()) {
        auto row = read_row(q);
        if (is_rival(archives, archive, remote_path, row)) found.push_back(rival_of(std::move(row)));
    }
    return found;
}

bool wanted_elsewhere(sqlite_connection& connection, const std::string& local_path, file_id self) {
    return connection.number(
               "SELECT EXISTS (SELECT 1 FROM suprsync_files AS f INDEXED BY suprsync_files_local CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.local_key = ?1 AND f.state < 2 AND f.file_id <> ?2 AND s.local_path = ?3)",
               local_key(local_path), self, local_path) != 0;
}

bool is_superseded(sqlite_connection& connection, const archive_table& archives, const file_row& row) {
    const auto claimants = claimants_of(connection, archives, row.archive_name, row.remote_path, row.id);
    return std::any_of(claimants.begin(), claimants.end(), [&](const claimant& r) {
        return r.id > row.id && !r.ignore && r.local_path == row.local_path;
    });
}

std::vector<named_file> unsettled_named(sqlite_connection& connection, const name_query& query) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    std::vector<named_file> found;
    file_id after = query.after;
    for (auto name = query.first; name < query.names.size(); ++name, after = 0) {
        auto q = connection.ask(
            "SELECT s.id, s.local_path FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled_name CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE " SUPRSYNC_NAME_KEY(
                "f.local_key") " = ?1 AND f.state < 2 AND f.file_id > ?2 ORDER BY f.file_id",
            name_key(query.names[name]), after);
        while (q.next()) {
            auto path = q.text(1);
            // Hashes may collide, names do not.
            if (path.substr(path.rfind('/') + 1) != query.names[name]) continue;
            found.push_back({name, q.integer(0), std::move(path)});
            if (found.size() == query.limit) return found;
        }
    }
    return found;
}

bool is_registered(sqlite_connection& connection, std::int64_t archive, const std::string& local_path) {
    return connection.number(
               "SELECT EXISTS (SELECT 1 FROM suprsync_files AS f INDEXED BY suprsync_files_local CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.local_key = ?1 AND f.archive_id = ?2 AND s.local_path = ?3)",
               local_key(local_path), archive, local_path) != 0;
}

bool is_awaited(sqlite_connection& connection, std::int64_t archive, const std::string& remote_path) {
    return connection.number(
               "SELECT EXISTS (SELECT 1 FROM suprsync_files AS f INDEXED BY suprsync_files_remote CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.remote_key = ?1 AND f.archive_id = ?2 AND f.state < 2 AND s.remote_path = ?3)",
               remote_key(remote_path), archive, remote_path) != 0;
}

}  // namespace suprsync

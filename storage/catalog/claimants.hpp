// The rows that claim one file at a destination, found by the index over remote keys: rows of archives with
// the same base directory, or with one that lies inside the other. Who of them owns it, engine/rules/claims
// says.
#pragma once

#include <string>
#include <vector>

#include "engine/rules/claims.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whether this row, found by the hash of `path`, has that path, and its copy is the file that `remote_path`
/// is for `archive`. Hashes collide: a row may be found by those of two paths, and is counted by its own.
inline bool claims_path(const archive_table& archives, const std::string& archive,
                        const std::string& remote_path, const std::string& path, const file_row& row) {
    return row.remote_path == path && archives.path_by(archive, remote_path, row.archive_name) == path;
}

/// Every row for the file that `remote_path` is for `archive`, ignored ones included, but the row `self` (0:
/// all).
inline std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                            const std::string& archive, const std::string& remote_path,
                                            file_id self) {
    std::vector<claimant> found;
    for (const auto& path : archives.paths_by_all(archive, remote_path)) {
        auto q = connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                R"( FROM suprsync_files AS f INDEXED BY suprsync_files_remote
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.remote_key = ?1 AND f.file_id <> ?2)",
                                remote_key(path), self);
        while (q.next()) {
            const auto row = read_row(q);
            if (claims_path(archives, archive, remote_path, path, row)) found.push_back(claimant_of(row));
        }
    }
    return found;
}

/// The same for a row among the others of its path.
inline std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                            const file_row& row) {
    return find_claimants(connection, archives, row.archive_name, row.remote_path, row.id);
}

/// Whether a later registration decides over this row of the catalog.
inline bool is_superseded(sqlite_connection& connection, const archive_table& archives, const file_row& row) {
    return is_superseded(row, find_claimants(connection, archives, row));
}

}  // namespace suprsync

#include "storage/catalog/claimants.hpp"

#include <algorithm>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/side_rows.hpp"

namespace asio = boost::asio;

namespace suprsync {

bool claims_path(const archive_table& archives, const std::string& archive, const std::string& remote_path,
                 const file_row& row) {
    // Hashes may collide, paths do not.
    return row.remote_path == remote_path && archives.same_destination(archive, row.archive_name);
}

std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                     const std::string& archive, const std::string& remote_path,
                                     file_id self) {
    std::vector<claimant> found;
    auto q = connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                            R"( FROM suprsync_files AS f INDEXED BY suprsync_files_remote
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.remote_key = ?1 AND f.file_id <> ?2)",
                            remote_key(remote_path), self);
    while (q.next()) {
        const auto row = read_row(q);
        if (claims_path(archives, archive, remote_path, row)) found.push_back(claimant_of(row));
    }
    return found;
}

std::vector<claimant> find_claimants(sqlite_connection& connection, const archive_table& archives,
                                     const file_row& row) {
    return find_claimants(connection, archives, row.archive_name, row.remote_path, row.id);
}

asio::awaitable<result<std::vector<file_view>>> sqlite_catalog::claimants_of(file_row row) {
    return read([row = std::move(row)](const snapshot& at) {
        std::vector<file_view> views;
        for (const auto& claimant : find_claimants(at.connection, at.archives, row))
            views.push_back(view_of(at.connection, at.archives, *find_row(at.connection, claimant.id)));
        std::sort(views.begin(), views.end(),
                  [](const auto& one, const auto& other) { return one.row.id < other.row.id; });
        return views;
    });
}

}  // namespace suprsync

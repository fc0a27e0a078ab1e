// Copies that a failed sync made doubtful, and that are read anew.
#include <algorithm>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/id_walk.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Of the rows that were there when the sync failed.
unproved_copies next_of(const snapshot& at, const std::string& archive, const failed_sync& failed,
                        std::size_t limit) {
    unproved_copies found;
    found.looked_to = failed.proved_to;
    id_walk walk(at.connection, at.archives, {}, archive, "verified", failed.proved_to);
    while (found.files.size() < limit) {
        const auto place = walk.next();
        if (!place || place->id > failed.last) {
            found.looked_to = failed.last;
            break;
        }
        found.looked_to = place->id;
        if (place->passed) break;
        auto row = find_row(at.connection, place->id);
        if (row && row->archive_name == archive && is_verified(*row) && !row->removed)
            found.files.push_back(view_of(at.connection, at.archives, std::move(*row)));
    }
    return found;
}

// What was verified after it, and registered before.
void add_listed(const snapshot& at, const std::string& archive, std::size_t limit, unproved_copies& found) {
    auto q = at.connection.ask(
        "SELECT file_id FROM suprsync_unproved WHERE archive = ?1 ORDER BY file_id LIMIT ?2", archive,
        static_cast<std::int64_t>(limit));
    while (q.next())
        if (auto row = find_row(at.connection, q.integer(0)))
            found.files.push_back(view_of(at.connection, at.archives, std::move(*row)));
}

}  // namespace

asio::awaitable<result<void>> sqlite_catalog::distrust_copies(std::string archive) {
    return write([archive = std::move(archive)](sqlite_connection& connection,
                                                change_index& index) -> result<void> {
        const auto& known = index.archives().ensure(archive);
        connection.run(
            R"(INSERT OR REPLACE INTO suprsync_failed_syncs (archive, proved_to, last)
            SELECT name, 0, (SELECT coalesce(max(id), 0) FROM supersync_v0) FROM suprsync_archives
            WHERE id = ?1 OR base_file_system = (SELECT base_file_system FROM suprsync_archives WHERE id = ?1))",
            known.id);
        connection.execute(
            "DELETE FROM suprsync_unproved WHERE archive IN (SELECT archive FROM suprsync_failed_syncs WHERE proved_to = 0)");
        return {};
    });
}

asio::awaitable<result<unproved_copies>> sqlite_catalog::load_unproved(std::string archive,
                                                                       std::size_t limit) {
    return read([archive = std::move(archive), limit](const snapshot& at) {
        const auto failed = find_failed_sync(at.connection, archive);
        if (!failed) return unproved_copies{{}, 0, true};
        if (failed->proved_to < failed->last) return next_of(at, archive, *failed, limit);
        unproved_copies found{{}, failed->last, false};
        add_listed(at, archive, limit, found);
        found.all = !any_unproved(at.connection, archive);
        return found;
    });
}

asio::awaitable<result<void>> sqlite_catalog::record_proved(std::string archive, std::vector<file_id> ids,
                                                            file_id looked_to) {
    return write([archive = std::move(archive), ids = std::move(ids), looked_to](
                     sqlite_connection& connection, change_index&) -> result<void> {
        for (const auto id : ids) connection.run("DELETE FROM suprsync_unproved WHERE file_id = ?1", id);
        connection.run("UPDATE suprsync_failed_syncs SET proved_to = max(proved_to, ?2) WHERE archive = ?1",
                       archive, looked_to);
        return {};
    });
}

}  // namespace suprsync

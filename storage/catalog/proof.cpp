// Copies that a failed sync made doubtful, and that are read anew.
#include <algorithm>
#include <set>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/id_walk.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_passed_at_once = 1000;

// A row that another one superseded has no copy of its own any more.
bool is_in_doubt(sqlite_connection& connection, const archive_table& archives, const file_row& row) {
    return is_verified(row) && !row.removed && !is_superseded(row, find_claimants(connection, archives, row));
}

struct passed_rows {
    std::vector<file_row> rows;
    file_id looked_to = 0;
};

// Of the rows that were there when the sync failed and are not looked at yet, up to `last`.
passed_rows rows_not_looked_at(sqlite_connection& connection, const archive_table& archives,
                               const std::string& archive, file_id proved_to, file_id last,
                               std::size_t limit) {
    passed_rows found;
    found.looked_to = proved_to;
    id_walk walk(connection, archives, {}, archive, "verified", proved_to);
    while (found.rows.size() < limit) {
        const auto place = walk.next();
        if (!place || place->id > last) {
            found.looked_to = last;
            break;
        }
        found.looked_to = place->id;
        if (place->passed) break;
        auto row = find_row(connection, place->id);
        if (row && row->archive_name == archive && is_in_doubt(connection, archives, *row))
            found.rows.push_back(std::move(*row));
    }
    return found;
}

// What was verified after it, and registered before, and what could not be proved when it was looked at. What
// is not in doubt any more, since its row was deleted, changed or superseded, has no row: it is done.
void add_listed(const snapshot& at, const std::string& archive, file_id after, std::size_t limit,
                unproved_copies& found) {
    auto q = at.connection.ask(
        "SELECT file_id FROM suprsync_unproved WHERE archive = ?1 AND file_id > ?2 ORDER BY file_id LIMIT ?3",
        archive, after, static_cast<std::int64_t>(limit));
    found.after = after;
    found.round_over = true;
    while (q.next()) {
        found.after = q.integer(0);
        found.round_over = false;
        auto row = find_row(at.connection, q.integer(0));
        if (row && row->archive_name == archive && is_in_doubt(at.connection, at.archives, *row)) {
            found.files.push_back(view_of(at.connection, at.archives, std::move(*row)));
        } else {
            found.files.emplace_back();
            found.files.back().row.id = q.integer(0);
        }
    }
}

}  // namespace

asio::awaitable<result<void>> sqlite_catalog::distrust_copies(std::string archive) {
    return write([archive = std::move(archive)](sqlite_connection& connection,
                                                change_index& index) -> result<void> {
        const auto& known = index.archives().ensure(archive);
        connection.run(
            R"(INSERT OR REPLACE INTO suprsync_failed_syncs (archive, proved_to, last)
            SELECT name, 0, (SELECT coalesce(max(id), 0) FROM supersync_v0) FROM suprsync_archives
            WHERE id = ?1 OR base_file_system IS NULL OR base_file_system = (SELECT base_file_system FROM suprsync_archives WHERE id = ?1))",
            known.id);
        connection.execute(
            "DELETE FROM suprsync_unproved WHERE archive IN (SELECT archive FROM suprsync_failed_syncs WHERE proved_to = 0)");
        return {};
    });
}

asio::awaitable<result<unproved_copies>> sqlite_catalog::load_unproved(std::string archive, file_id after,
                                                                       std::size_t limit) {
    return read([archive = std::move(archive), after, limit](const snapshot& at) {
        const auto failed = find_failed_sync(at.connection, archive);
        if (!failed) return unproved_copies{{}, 0, 0, true, true};
        if (failed->proved_to < failed->last) {
            auto passed = rows_not_looked_at(at.connection, at.archives, archive, failed->proved_to,
                                             failed->last, limit);
            // What is left of these is listed before there.
            unproved_copies found{{}, passed.looked_to, passed.looked_to, false, false};
            for (auto& row : passed.rows)
                found.files.push_back(view_of(at.connection, at.archives, std::move(row)));
            return found;
        }
        unproved_copies found{{}, failed->last, 0, false, false};
        add_listed(at, archive, after, limit, found);
        found.all = !any_unproved(at.connection, archive);
        return found;
    });
}

// What lies up to `looked_to` and is not among them stays in doubt: it could not be read, or was verified
// meanwhile.
asio::awaitable<result<void>> sqlite_catalog::record_proved(std::string archive, std::vector<file_id> ids,
                                                            file_id looked_to) {
    return write([archive = std::move(archive), ids = std::move(ids), looked_to](
                     sqlite_connection& connection, change_index& index) -> result<void> {
        const auto failed = find_failed_sync(connection, archive);
        if (!failed) return {};
        const std::set<file_id> proved(ids.begin(), ids.end());
        auto from = failed->proved_to;
        while (from < std::min(looked_to, failed->last)) {
            auto passed = rows_not_looked_at(connection, index.archives(), archive, from, looked_to,
                                             most_passed_at_once);
            for (const auto& row : passed.rows)
                if (!proved.contains(row.id)) list_unproved(connection, row);
            from = passed.looked_to;
        }
        for (const auto id : ids) connection.run("DELETE FROM suprsync_unproved WHERE file_id = ?1", id);
        connection.run("UPDATE suprsync_failed_syncs SET proved_to = max(proved_to, ?2) WHERE archive = ?1",
                       archive, looked_to);
        return {};
    });
}

}  // namespace suprsync

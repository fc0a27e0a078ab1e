// Copies that a failed sync, or a new start of the machine at the destination, made doubtful, and that are
// read anew.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/file_views.hpp"
#include "storage/index/id_walk.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t most_passed_at_once = 1000;

bool has_copy_of_its_own(sqlite_connection& connection, const archive_table& archives, const file_row& row) {
    return has_copy_of_its_own(row, is_superseded(connection, archives, row));
}

struct passed_rows {
    std::vector<file_row> rows;
    file_id scanned_to = 0;
};

// Of the rows that were there when the sync failed and are not examined yet, up to `last`.
passed_rows rows_to_examine(sqlite_connection& connection, const archive_table& archives,
                            const std::string& archive, file_id proved_to, file_id last, std::size_t limit) {
    passed_rows found;
    found.scanned_to = proved_to;
    id_walk walk(connection, archives, {}, archive, "verified", proved_to);
    while (found.rows.size() < limit) {
        const auto place = walk.next();
        if (!place || place->id > last) {
            found.scanned_to = last;
            break;
        }
        found.scanned_to = place->id;
        if (place->passed) break;
        auto row = find_row(connection, place->id);
        if (row && row->archive_name == archive && has_copy_of_its_own(connection, archives, *row))
            found.rows.push_back(std::move(*row));
    }
    return found;
}

// What was verified after it, and registered before, and what could not be proved when it was examined. What
// is not in doubt any more, since its row was deleted, changed or superseded, has no row: it is done.
void add_listed(const snapshot& at, const std::string& archive, file_id after, std::size_t limit,
                unproved_copies& found) {
    auto q = at.connection.ask(
        R"(SELECT file_id, restarted FROM suprsync_unproved WHERE archive = ?1 AND file_id > ?2
        ORDER BY file_id LIMIT ?3)",
        archive, after, static_cast<std::int64_t>(limit));
    found.after = after;
    found.round_over = true;
    while (q.next()) {
        found.after = q.integer(0);
        found.round_over = false;
        if (q.integer(1) != 0) found.after_new_start.insert(q.integer(0));
        auto row = find_row(at.connection, q.integer(0));
        if (row && row->archive_name == archive && has_copy_of_its_own(at.connection, at.archives, *row)) {
            found.files.push_back(view_of(at.connection, at.archives, std::move(*row)));
        } else {
            found.files.emplace_back();
            found.files.back().row.id = q.integer(0);
        }
    }
}

// By archive, as far as they are recorded.
std::map<std::string, std::optional<std::string>> base_file_systems(sqlite_connection& connection) {
    std::map<std::string, std::optional<std::string>> known;
    auto q = connection.ask("SELECT name, base_file_system FROM suprsync_archives");
    while (q.next()) known[q.text(0)] = q.null(1) ? std::nullopt : std::optional(q.text(1));
    return known;
}

}  // namespace

asio::awaitable<result<void>> sqlite_catalog::distrust_copies(std::string archive) {
    return write(
        [archive = std::move(archive)](sqlite_connection& connection, change_index& index) -> result<void> {
            index.archives().ensure(archive);
            const auto place = base_file_systems(connection);
            // SQLite gives ids below 1 where the first row has one (of the lowest of all alone nothing comes
            // before).
            for (const auto& [name, file_system] : place) {
                if (name != archive && !may_share_file_system(place.at(archive), file_system)) continue;
                connection.run(
                    R"(INSERT OR REPLACE INTO suprsync_failed_syncs (archive, proved_to, last)
                VALUES (?1, max(coalesce((SELECT min(id) FROM supersync_v0), 1), -9223372036854775807) - 1,
                        coalesce((SELECT max(id) FROM supersync_v0), 0)))",
                    name);
                connection.run("DELETE FROM suprsync_unproved WHERE archive = ?1", name);
            }
            return {};
        });
}

asio::awaitable<result<unproved_copies>> sqlite_catalog::load_unproved(std::string archive, file_id after,
                                                                       std::size_t limit) {
    return read([archive = std::move(archive), after, limit](const snapshot& at) {
        const auto failed = find_failed_sync(at.connection, archive);
        if (failed && !is_examined(*failed)) {
            auto passed =
                rows_to_examine(at.connection, at.archives, archive, failed->proved_to, failed->last, limit);
            // What is left of these is listed before there.
            unproved_copies found{{}, {}, passed.scanned_to, passed.scanned_to, false, false};
            for (auto& row : passed.rows)
                found.files.push_back(view_of(at.connection, at.archives, std::move(row)));
            return found;
        }
        unproved_copies found{{}, {}, failed ? failed->last : 0, 0, false, false};
        add_listed(at, archive, after, limit, found);
        found.all = !any_unproved(at.connection, archive);
        return found;
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::doubtful_copies(std::vector<file_row> rows) {
    return read([rows = std::move(rows)](const snapshot& at) {
        std::vector<bool> doubtful;
        for (const auto& row : rows) doubtful.push_back(is_unproved(at.connection, row.archive_name, row.id));
        return doubtful;
    });
}

// What lies up to `scanned_to` and is not among them stays in doubt: it could not be read, or was verified
// meanwhile.
asio::awaitable<result<void>> sqlite_catalog::record_proved(std::string archive, std::vector<file_id> ids,
                                                            file_id scanned_to) {
    return write([archive = std::move(archive), ids = std::move(ids), scanned_to](
                     sqlite_connection& connection, change_index& index) -> result<void> {
        const std::set<file_id> proved(ids.begin(), ids.end());
        const auto failed = find_failed_sync(connection, archive).value_or(failed_sync());
        auto from = failed.proved_to;
        while (from < std::min(scanned_to, failed.last)) {
            auto passed =
                rows_to_examine(connection, index.archives(), archive, from, scanned_to, most_passed_at_once);
            for (const auto& row : passed.rows)
                if (!proved.contains(row.id)) list_unproved(connection, row);
            from = passed.scanned_to;
        }
        for (const auto id : ids) connection.run("DELETE FROM suprsync_unproved WHERE file_id = ?1", id);
        connection.run("UPDATE suprsync_failed_syncs SET proved_to = max(proved_to, ?2) WHERE archive = ?1",
                       archive, scanned_to);
        return {};
    });
}

}  // namespace suprsync

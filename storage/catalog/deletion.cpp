// Which local files may be deleted as far as the catalog tells, when they are looked for and once more right
// before it is done; and unsettled rows by the names of their files.
#include <algorithm>
#include <bit>

#include "engine/model/text.hpp"
#include "engine/rules/backoff.hpp"
#include "engine/rules/deletability.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/claimants.hpp"
#include "storage/catalog/removed_days.hpp"
#include "storage/catalog/unsynced.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Rows with other content that are told of at once; more have their turn when these are settled.
constexpr std::size_t most_other_versions = 100;

// Rows that wait for their copies to be read anew are the later ones: behind so many of them others wait,
// too.
constexpr int most_unproved_passed = 1000;

struct neighbours {
    bool superseded = false;
    bool wanted_elsewhere = false;
    std::vector<file_row> other_versions;
};

other_row_facts facts_of(const snapshot& at, const file_row& other) {
    return {[&] { return is_unproved(at.connection, other.archive_name, other.id); },
            [&] { return is_superseded(at.connection, at.archives, other); },
            [&] { return is_unsynced(at.connection, other.id); }};
}

neighbours neighbours_of(const snapshot& at, const file_row& row) {
    neighbours found;
    found.superseded = is_superseded(at.connection, at.archives, row);
    auto q = at.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                               R"( FROM suprsync_files AS f INDEXED BY suprsync_files_local
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.local_key = ?1 AND f.state NOT IN (2, 5))",
                               local_key(row.local_path));
    while (q.next()) {
        auto other = read_row(q);
        const auto objection = objection_of(other, row, facts_of(at, other));
        if (objection.wanted) found.wanted_elsewhere = true;
        if (objection.other_version && found.other_versions.size() < most_other_versions)
            found.other_versions.push_back(std::move(other));
    }
    return found;
}

row_surroundings surroundings_of(const snapshot& at, const file_row& row) {
    const auto others = neighbours_of(at, row);
    return {others.superseded, others.wanted_elsewhere, !others.other_versions.empty(),
            is_unproved(at.connection, row.archive_name, row.id)};
}

}  // namespace

asio::awaitable<result<std::vector<deletable_item>>> sqlite_catalog::load_deletable(
    std::string archive, epoch_seconds registered_before, epoch_seconds now, std::size_t limit) {
    return read([archive = std::move(archive), registered_before, now, limit](const snapshot& at) {
        std::vector<deletable_item> items;
        const auto* entry = at.archives.find(archive);
        if (!entry) return items;
        const bool any_doubtful = any_unproved(at.connection, archive);
        const auto days = find_removed_days(at.connection, archive);
        int unproved = 0;
        struct stretch {
            lane from;
            double earliest, latest;  // as due
        };
        // What lies further ahead than any delay was set before the clock was set back (is_over).
        for (const auto& [from, earliest, latest] :
             {stretch{lane::untried, 0, registered_before}, stretch{lane::later, 0, now},
              stretch{lane::later, now + longest_file_delay, never - 1}}) {
            auto q = at.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                       R"( FROM suprsync_files AS f INDEXED BY suprsync_files_deletable
                CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
                WHERE f.state = 4 AND f.archive_id = ?1 AND f.lane = ?2 AND f.due >= ?3 AND f.due <= ?4
                ORDER BY f.due, f.file_id)",
                                       entry->id, static_cast<int>(from), earliest, latest);
            while (items.size() < limit && q.next()) {
                auto row = read_row(q);
                if (row.archive_name != archive) continue;
                const bool doubtful = any_doubtful && is_unproved(at.connection, archive, row.id);
                const auto judged = judge_deletability(row, registered_before, {.doubtful = doubtful});
                if (judged == deletability::doubtful && ++unproved >= most_unproved_passed) break;
                if (judged != deletability::deletable) continue;
                const auto known = find_attempt_state(at.connection, row.id);
                if (!is_over(known.not_before_of(row).value_or(now), now, longest_file_delay)) continue;
                deletable_item item;
                item.identity = known.identity_of(row);
                item.device = known.device();
                item.vanished = known.vanished;
                if (const auto day = days.find(timecode_of(row.remote_path).value_or(no_timecode));
                    day != days.end())
                    item.day = day->second;
                auto others = neighbours_of(at, row);
                item.wanted_elsewhere = others.wanted_elsewhere;
                item.superseded = others.superseded;
                item.other_versions = std::move(others.other_versions);
                item.row = std::move(row);
                items.push_back(std::move(item));
            }
        }
        std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
            return std::pair(a.row.timestamp, a.row.id) < std::pair(b.row.timestamp, b.row.id);
        });
        return items;
    });
}

asio::awaitable<result<std::vector<bool>>> sqlite_catalog::may_delete(std::vector<file_row> rows,
                                                                      epoch_seconds registered_before) {
    return read([rows = std::move(rows), registered_before](const snapshot& at) {
        std::vector<bool> may;
        for (const auto& seen : rows) {
            const auto row = find_row(at.connection, seen.id);
            may.push_back(row && is_same_registration(*row, seen) &&
                          judge_deletability(*row, registered_before, surroundings_of(at, *row)) ==
                              deletability::deletable);
        }
        return may;
    });
}

asio::awaitable<result<void>> sqlite_catalog::begin_removals(std::vector<decided_removal> decided) {
    return write([decided = std::move(decided)](sqlite_connection& connection,
                                                change_index&) -> result<void> {
        // SQLite's integers are signed: the bits are kept.
        for (const auto& [row, file] : decided)
            connection.run(
                R"(INSERT OR REPLACE INTO suprsync_removals (file_id, archive, local_path, inode, size, mtime_ns)
                        VALUES (?1, ?2, ?3, ?4, ?5, ?6))",
                row.id, row.archive_name, row.local_path, std::bit_cast<std::int64_t>(file.inode),
                std::bit_cast<std::int64_t>(file.size), file.mtime_ns);
        return {};
    });
}

asio::awaitable<result<std::vector<begun_removal>>> sqlite_catalog::begun_removals(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        std::vector<begun_removal> begun;
        auto q = at.connection.ask(
            R"(SELECT file_id, local_path, inode, size, mtime_ns FROM suprsync_removals WHERE archive = ?1
                ORDER BY file_id)",
            archive);
        while (q.next()) {
            // The shared row may be another by now: the note says what was to be removed.
            file_row row;
            row.id = q.integer(0);
            row.archive_name = archive;
            row.local_path = q.text(1);
            const auto device = find_attempt_state(at.connection, row.id).device();
            std::optional<lasting_identity> file;
            if (!q.null(2) && !q.null(3) && !q.null(4))
                file = {static_cast<std::uint64_t>(q.integer(2)), static_cast<std::uint64_t>(q.integer(3)),
                        q.integer(4)};
            begun.push_back({std::move(row), device, file});
        }
        return begun;
    });
}

asio::awaitable<result<void>> sqlite_catalog::end_removals(std::vector<file_id> ids) {
    return write([ids = std::move(ids)](sqlite_connection& connection, change_index&) -> result<void> {
        for (const auto id : ids) connection.run("DELETE FROM suprsync_removals WHERE file_id = ?1", id);
        return {};
    });
}

asio::awaitable<result<std::vector<named_file>>> sqlite_catalog::unsettled_named(name_query query) {
    return read([query = std::move(query)](const snapshot& at) {
        std::vector<named_file> found;
        file_id after = query.after;
        for (auto name = query.first; name < query.names.size(); ++name, after = name_query().after) {
            auto q = at.connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                       R"( FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled_name
                CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
                WHERE )" SUPRSYNC_NAME_KEY("f.local_key") R"( = ?1 AND f.state < 2 AND f.file_id > ?2
                ORDER BY f.file_id)",
                                       name_key(query.names[name]), after);
            while (q.next()) {
                auto row = read_row(q);
                // Hashes may collide, names do not.
                if (name_of(row.local_path) != query.names[name] || !is_unsettled(row)) continue;
                found.push_back({name, row.id, std::move(row.local_path)});
                if (found.size() == query.limit) return found;
            }
        }
        return found;
    });
}

asio::awaitable<result<std::vector<other_spelling>>> sqlite_catalog::spelled_otherwise(
    std::vector<placed_file> files) {
    return read([files = std::move(files)](const snapshot& at) {
        std::vector<other_spelling> found;
        const auto take_all = [&](std::size_t asked, const char* sql) {
            const auto before = found.size();
            auto q = at.connection.ask(sql, local_key(files[asked].real_path));
            while (found.size() - before < most_other_versions && q.next()) {
                auto other = read_row(q);
                if (const auto objection =
                        objection_of_other_spelling(other, files[asked].row, facts_of(at, other)))
                    found.push_back({asked, std::move(other), objection.wanted});
            }
        };
        for (std::size_t i = 0; i < files.size(); ++i) {
            take_all(i, "SELECT " SUPRSYNC_ROW_COLUMNS R"(
                FROM suprsync_real_names AS n INDEXED BY suprsync_real_names_found
                CROSS JOIN supersync_v0 AS s ON s.id = n.file_id WHERE n.local_key = ?1)");
            if (files[i].real_path == files[i].row.local_path) continue;
            take_all(i, "SELECT " SUPRSYNC_ROW_COLUMNS R"(
                FROM suprsync_files AS f INDEXED BY suprsync_files_local
                CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
                WHERE f.local_key = ?1 AND f.state NOT IN (2, 5))");
        }
        return found;
    });
}

}  // namespace suprsync

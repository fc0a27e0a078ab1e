#include "storage/index/backfill.hpp"

#include <algorithm>
#include <limits>
#include <random>

#include "storage/index/archive_table.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/deletable_counts.hpp"
#include "storage/index/side_tables.hpp"

namespace suprsync {

namespace {

constexpr int orphans_at_once = 1000;

struct progress {
    file_id indexed_to = 0;
    file_id index_end = 0;
    std::int64_t rows_done = 0;
    bool done() const { return indexed_to >= index_end; }
};

progress read_progress(sqlite_connection& connection) {
    auto q = connection.ask("SELECT indexed_to, index_end, rows_done FROM suprsync_indexing");
    if (!q.next()) return {};
    return {q.integer(0), q.integer(1), q.integer(2)};
}

// Side rows, and attempt state, of which the shared row went away while there were no triggers. Returns how
// far it got.
file_id drop_orphans(sqlite_connection& connection, change_index& index, file_id after, file_id to) {
    std::vector<file_id> orphans;
    {
        auto q = connection.ask(
            R"(SELECT f.file_id FROM suprsync_files AS f WHERE f.file_id > ?1 AND f.file_id <= ?2
            AND NOT EXISTS (SELECT 1 FROM supersync_v0 AS s WHERE s.id = f.file_id)
            ORDER BY f.file_id LIMIT ?3)",
            after, to, orphans_at_once);
        while (q.next()) orphans.push_back(q.integer(0));
    }
    for (const auto id : orphans) index.absorb(id, std::nullopt);
    if (static_cast<int>(orphans.size()) >= orphans_at_once) to = orphans.back();
    connection.run(R"(DELETE FROM suprsync_notes WHERE file_id > ?1 AND file_id <= ?2
        AND NOT EXISTS (SELECT 1 FROM supersync_v0 AS s WHERE s.id = file_id))",
                   after, to);
    connection.run(R"(DELETE FROM suprsync_real_names WHERE file_id > ?1 AND file_id <= ?2
        AND NOT EXISTS (SELECT 1 FROM supersync_v0 AS s WHERE s.id = file_id))",
                   after, to);
    return to;
}

}  // namespace

std::chrono::milliseconds pause_between_steps() {
    constexpr int least_ms = 10;
    constexpr int most_ms = 40;
    thread_local std::minstd_rand random{std::random_device{}()};
    return std::chrono::milliseconds(std::uniform_int_distribution<int>(least_ms, most_ms)(random));
}

void begin_indexing(sqlite_connection& connection) {
    make_triggers(connection);
    count_deletable_anew(connection);
    // Side rows and attempt state of shared rows that went away unseen lie in the range, too.
    connection.execute(R"(
INSERT OR REPLACE INTO suprsync_indexing (one, indexed_to, index_end, rows_done)
SELECT 1, CAST(min(0, coalesce((SELECT min(id) FROM supersync_v0), 1) - 1,
              coalesce((SELECT min(file_id) FROM suprsync_files), 1) - 1,
              coalesce((SELECT min(file_id) FROM suprsync_notes), 1) - 1) AS INTEGER),
       max(0, coalesce((SELECT max(id) FROM supersync_v0), 0),
              coalesce((SELECT max(file_id) FROM suprsync_files), 0),
              coalesce((SELECT max(file_id) FROM suprsync_notes), 0)), 0;
INSERT OR IGNORE INTO suprsync_changes SELECT id FROM supersync_v0 WHERE id = -9223372036854775808;
DELETE FROM suprsync_counts;
)");
    connection.execute(
        R"(INSERT INTO suprsync_archives (name, max_attempts)
        SELECT DISTINCT archive_name, 5 FROM timecode_dirs_v0 WHERE )" SUPRSYNC_IS_DIRECTORY
        R"( AND archive_name NOT IN (SELECT name FROM suprsync_archives))");
    connection.execute(
        R"(INSERT INTO suprsync_timecodes (archive_id, timecode, finalized, revision)
        SELECT a.id, timecode, )" SUPRSYNC_ANY_FINALIZED ", " SUPRSYNC_ANY_FINALIZED
        R"( FROM timecode_dirs_v0 JOIN suprsync_archives AS a ON a.name = archive_name
        WHERE )" SUPRSYNC_IS_DIRECTORY R"( GROUP BY 1, 2
        ON CONFLICT DO UPDATE SET finalized = excluded.finalized, revision = max(revision, excluded.revision))");
}

bool is_indexed(sqlite_connection& connection) { return read_progress(connection).done(); }

preparation index_some(sqlite_connection& connection, std::chrono::steady_clock::duration budget) {
    auto at = read_progress(connection);
    if (at.done()) {
        if (!has_changes(connection)) return {true, at.rows_done, at.rows_done};
        write_transaction transaction(connection);
        change_index index(connection);
        index.drain(std::numeric_limits<std::int32_t>::max(), budget);
        index.finish_later();
        transaction.commit();
        return {!has_changes(connection), at.rows_done, at.rows_done};
    }
    write_transaction transaction(connection);
    at = read_progress(connection);  // another daemon may be at it, too
    change_index index(connection);
    const auto begun_at = at.indexed_to;
    int rows = 0;
    {
        auto q = connection.ask("SELECT " SUPRSYNC_ROW_COLUMNS
                                " FROM supersync_v0 AS s WHERE s.id > ?1 AND s.id <= ?2 ORDER BY s.id",
                                at.indexed_to, at.index_end);
        at.indexed_to = at.index_end;  // unless the time is over before
        while (q.next()) {
            const auto row = read_row(q);
            index.index(row);
            if (++rows % rows_between_clock_checks == 0 && transaction.elapsed() > budget) {
                at.indexed_to = row.id;
                break;
            }
        }
    }
    at.indexed_to = drop_orphans(connection, index, begun_at, at.indexed_to);
    index.finish_later();
    at.rows_done += rows;
    connection.run("UPDATE suprsync_indexing SET indexed_to = ?1, rows_done = ?2", at.indexed_to,
                   at.rows_done);
    transaction.commit();
    return {false, std::max(at.indexed_to, at.rows_done), std::max(at.index_end, at.rows_done)};
}

}  // namespace suprsync

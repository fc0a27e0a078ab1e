#include "storage/side_upgrade.hpp"

#include <string>

#include "storage/change_index.hpp"

namespace suprsync {

namespace {

constexpr int rows_between_looks_at_the_clock = 500;

struct column {
    const char* table;
    const char* name;
};

constexpr column new_columns[] = {
    {"suprsync_archives", "bytes_failed"},   {"suprsync_archives", "bytes_ignored"},
    {"suprsync_archives", "bytes_verified"}, {"suprsync_archives", "bytes_removed"},
    {"suprsync_indexing", "counted_to"},     {"suprsync_indexing", "count_end"},
};

}  // namespace

void begin_upgrade(sqlite_session& session) {
    for (const auto& [table, name] : new_columns)
        if (session.number("SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", std::string(table),
                           std::string(name)) == 0)
            session.execute(std::string("ALTER TABLE ") + table + " ADD COLUMN " + name +
                            " INTEGER NOT NULL DEFAULT 0");
    // An upgrade that was cut short counts from the beginning.
    session.execute(
        "UPDATE suprsync_archives SET bytes_failed = 0, bytes_ignored = 0, bytes_verified = 0, bytes_removed "
        "= 0");
    session.execute(
        "UPDATE suprsync_indexing SET counted_to = coalesce((SELECT min(file_id) FROM suprsync_files), 1) - "
        "1, count_end = coalesce((SELECT max(file_id) FROM suprsync_files), 0)");
}

upgrade_progress read_upgrade(sqlite_session& session) {
    auto q = session.ask("SELECT counted_to, count_end FROM suprsync_indexing");
    if (!q.next()) return {};
    return {q.integer(0), q.integer(1)};
}

upgrade_progress upgrade_some(sqlite_session& session, std::chrono::steady_clock::duration budget) {
    write_transaction transaction(session);
    auto at = read_upgrade(session);  // another daemon may be at it, too
    change_index index(session);
    {
        auto q = session.ask(
            "SELECT file_id, archive_id, state, size, remote_key, timestamp FROM suprsync_files WHERE "
            "file_id > ?1 AND file_id <= "
            "?2 "
            "ORDER BY file_id",
            at.counted_to, at.end);
        at.counted_to = at.end;  // unless the time is over before
        side_row row;
        for (int rows = 1; q.next(); ++rows) {
            row.id = q.integer(0);
            row.archive = q.integer(1);
            row.state = static_cast<row_state>(q.integer(2));
            row.size = q.maybe_integer(3);
            row.remote_key = q.integer(4);
            row.timestamp = q.real(5);
            index.count_late(row);
            if (rows % rows_between_looks_at_the_clock == 0 && transaction.held() > budget) {
                at.counted_to = row.id;
                break;
            }
        }
    }
    index.finish_later();
    session.run("UPDATE suprsync_indexing SET counted_to = ?1", at.counted_to);
    transaction.commit();
    return at;
}

}  // namespace suprsync

#include "storage/catalog/change_watch.hpp"

#include <chrono>

#include "storage/index/archive_events.hpp"
#include "storage/index/change_index.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

namespace {

constexpr std::size_t changes_at_once = 2000;
constexpr std::chrono::milliseconds changes_time{25};
constexpr int events_at_once = 5000;
constexpr std::size_t back_dated_listed = 10;

}  // namespace

void change_watch::watch(sqlite_connection& connection, const std::string& archive) {
    registered_.try_emplace(
        archive, connection.number("SELECT registered FROM suprsync_archives WHERE name = ?1", archive));
}

catalog_changes change_watch::take(sqlite_connection& connection, const commit_check& check) {
    catalog_changes changes;
    changes.changed = check.by_others;
    if (!check.by_anybody) return changes;
    if (has_changes(connection)) {
        write_transaction transaction(connection);
        change_index index(connection);
        changes.more = !index.drain(changes_at_once, changes_time);
        index.finish_later();
        transaction.commit();
    }
    auto registered = registered_;
    for (auto& [name, seen] : registered) {
        const auto now = connection.number("SELECT registered FROM suprsync_archives WHERE name = ?1", name);
        if (now != seen) changes.archives[name].registered = now - seen;
        seen = now;
    }
    // Last of what may meet a lock: events are gone when they are taken.
    changes.more = take_events(connection, changes.archives) || changes.more;
    registered_ = std::move(registered);
    return changes;
}

// Reported once: they are deleted where they are read. True where more are left.
bool change_watch::take_events(sqlite_connection& connection,
                               std::map<std::string, archive_changes>& changes) {
    if (connection.number("SELECT EXISTS (SELECT 1 FROM suprsync_notices)") == 0) return false;
    bool more = false;
    write_transaction transaction(connection);
    const archive_table archives(connection);
    std::map<std::string, archive_changes> found;
    for (const auto& [name, seen] : registered_) {
        const auto* entry = archives.find(name);
        if (!entry) continue;
        std::int64_t last = 0;
        int taken = 0;
        {
            auto q = connection.ask(
                R"(SELECT seq, file_id, kind FROM suprsync_notices WHERE archive_id = ?1
                ORDER BY seq LIMIT ?2)",
                entry->id, events_at_once);
            while (q.next()) {
                ++taken;
                last = q.integer(0);
                auto& archive = found[name];
                if (static_cast<archive_event>(q.integer(2)) == archive_event::late) {
                    archive.late.push_back(q.integer(1));
                    continue;
                }
                ++archive.back_dated_count;
                if (archive.back_dated.size() >= back_dated_listed) continue;
                if (auto row = find_row(connection, q.integer(1)))
                    archive.back_dated.push_back(std::move(*row));
            }
        }
        more = more || taken == events_at_once;
        connection.run("DELETE FROM suprsync_notices WHERE archive_id = ?1 AND seq <= ?2", entry->id, last);
    }
    transaction.commit();
    for (auto& [name, told] : found) {
        auto& archive = changes[name];
        archive.late = std::move(told.late);
        archive.back_dated = std::move(told.back_dated);
        archive.back_dated_count = told.back_dated_count;
    }
    return more;
}

}  // namespace suprsync

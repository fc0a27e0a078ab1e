#include "storage/catalog/change_watch.hpp"

#include <bit>
#include <vector>

#include "storage/catalog/timecode_summaries.hpp"
#include "storage/index/change_index.hpp"

namespace suprsync {

namespace {

constexpr std::size_t rows_at_once = 1000;
constexpr std::size_t changes_at_once = 2000;
constexpr std::chrono::milliseconds changes_time{25};
constexpr int notices_at_once = 5000;
constexpr std::size_t back_dated_listed = 10;

// Judges unsettled rows by the archive's new limit, a short transaction at a time.
void reclassify(sqlite_connection& connection, std::int64_t archive, int max_attempts) {
    std::vector<file_id> ids;
    {
        auto q = connection.ask(
            "SELECT f.file_id FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.state < 2 AND f.archive_id = ?1 AND f.state <> (s.removed IS NOT NULL OR coalesce(s.failed_copy_attempts, 0) >= ?2)",
            archive, max_attempts);
        while (q.next()) ids.push_back(q.integer(0));
    }
    for (std::size_t at = 0; at < ids.size();) {
        write_transaction transaction(connection);
        change_index index(connection);
        for (std::size_t n = 0; n < rows_at_once && at < ids.size(); ++n, ++at)
            index.absorb(ids[at], find_row(connection, ids[at]));
        index.finish_later();
        transaction.commit();
    }
}

std::string path_of(sqlite_connection& connection, file_id id) {
    auto q = connection.ask("SELECT local_path FROM supersync_v0 WHERE id = ?1", id);
    return q.next() ? q.text(0) : "";
}

template <class Change>
void change_archive(sqlite_connection& connection, const std::string& archive, Change change) {
    write_transaction transaction(connection);
    change(archive_table(connection).ensure(archive).id);
    transaction.commit();
}

}  // namespace

void serve_archive(sqlite_connection& connection, const std::string& archive, int max_attempts,
                   const std::string& destination) {
    drain_all(connection);
    change_archive(connection, archive, [&](std::int64_t id) {
        connection.run(
            "UPDATE suprsync_archives SET rejudge = rejudge OR max_attempts <> ?2, max_attempts = ?2, destination = ?3 WHERE id = ?1",
            id, max_attempts, destination);
    });
    // Kept in the table until it is done, whatever ends the process in between.
    const auto id =
        connection.number("SELECT id FROM suprsync_archives WHERE name = ?1 AND rejudge", archive);
    if (id == 0) return;
    reclassify(connection, id, max_attempts);
    change_archive(connection, archive, [&](std::int64_t done) {
        connection.run("UPDATE suprsync_archives SET rejudge = 0 WHERE id = ?1", done);
    });
}

archive_counts count_archive(sqlite_connection& connection, const std::string& archive) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    archive_counts counts;
    auto q = connection.ask(
        "SELECT id, files, unsettled, failed, ignored, verified, removed, bytes_unsettled, last_added, last_copied, bytes_failed, bytes_ignored, bytes_verified, bytes_removed FROM suprsync_archives WHERE name = ?1",
        archive);
    if (!q.next()) return counts;
    counts.files = q.integer(1);
    counts.unsettled = q.integer(2);
    counts.failed = q.integer(3);
    counts.ignored = q.integer(4);
    counts.verified = q.integer(5);
    counts.removed = q.integer(6);
    counts.known_bytes_unsettled = q.integer(7);
    counts.last_file_added = path_of(connection, q.integer(8));
    counts.last_file_copied = path_of(connection, q.integer(9));
    counts.known_bytes_failed = q.integer(10);
    counts.known_bytes_ignored = q.integer(11);
    counts.known_bytes_verified = q.integer(12);
    counts.known_bytes_removed = q.integer(13);
    counts.oldest_unsettled = oldest_unsettled(connection, q.integer(0));
    return counts;
}

archive_memory read_memory(sqlite_connection& connection, const std::string& archive) {
    drain_all(connection);
    archive_memory memory;
    auto q = connection.ask(
        "SELECT paused, pause_reason, base_file_system, base_inode, verified, finalized_until FROM suprsync_archives WHERE name = ?1",
        archive);
    if (!q.next()) return memory;
    memory.paused = q.integer(0) != 0;
    memory.pause_reason = q.text(1);
    if (!q.null(2)) memory.base = base_identity{q.text(2), std::bit_cast<std::uint64_t>(q.integer(3))};
    memory.has_verified = q.integer(4) > 0;
    memory.last_finalized_until = q.real(5);
    return memory;
}

void remember_base(sqlite_connection& connection, const std::string& archive, const base_identity& base) {
    change_archive(connection, archive, [&](std::int64_t id) {
        connection.run("UPDATE suprsync_archives SET base_file_system = ?2, base_inode = ?3 WHERE id = ?1",
                       id, base.file_system, std::bit_cast<std::int64_t>(base.inode));
    });
}

void set_paused(sqlite_connection& connection, const std::string& archive, bool paused,
                const std::string& reason) {
    change_archive(connection, archive, [&](std::int64_t id) {
        connection.run("UPDATE suprsync_archives SET paused = ?2, pause_reason = ?3 WHERE id = ?1", id,
                       paused, reason);
    });
}

void change_watch::watch(sqlite_connection& connection, const std::string& archive) {
    registered_.try_emplace(
        archive, connection.number("SELECT registered FROM suprsync_archives WHERE name = ?1", archive));
    seen_own_ = -1;
}

catalog_changes change_watch::take(sqlite_connection& connection) {
    catalog_changes changes;
    const auto version = connection.number("PRAGMA data_version");
    changes.changed = seen_version_ != -1 && version != seen_version_;
    if (version == seen_version_ && connection.database().getTotalChanges() == seen_own_) return changes;
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
    // Last of what may meet a lock: notices are gone when they are taken.
    changes.more = take_notices(connection, changes.archives) || changes.more;
    registered_ = std::move(registered);
    if (changes.more) return changes;
    seen_version_ = version;
    seen_own_ = connection.database().getTotalChanges();
    return changes;
}

// Reported once: they are deleted where they are read. True where more are left.
bool change_watch::take_notices(sqlite_connection& connection,
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
                "SELECT seq, file_id, kind FROM suprsync_notices WHERE archive_id = ?1 ORDER BY seq LIMIT ?2",
                entry->id, notices_at_once);
            while (q.next()) {
                ++taken;
                last = q.integer(0);
                auto& archive = found[name];
                if (static_cast<notice>(q.integer(2)) == notice::late) {
                    archive.late.push_back(q.integer(1));
                    continue;
                }
                ++archive.back_dated_count;
                if (archive.back_dated.size() >= back_dated_listed) continue;
                if (auto row = find_row(connection, q.integer(1)))
                    archive.back_dated.push_back(std::move(*row));
            }
        }
        more = more || taken == notices_at_once;
        connection.run("DELETE FROM suprsync_notices WHERE archive_id = ?1 AND seq <= ?2", entry->id, last);
    }
    transaction.commit();
    for (auto& [name, noticed] : found) {
        auto& archive = changes[name];
        archive.late = std::move(noticed.late);
        archive.back_dated = std::move(noticed.back_dated);
        archive.back_dated_count = noticed.back_dated_count;
    }
    return more;
}

}  // namespace suprsync

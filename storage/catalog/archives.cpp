// What the catalog keeps of an archive as a whole: its limits and destination, its counters, and what
// outlives the process.
#include <algorithm>
#include <bit>

#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/timecode_summaries.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/side_tables.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t rows_at_once = 1000;

// Takes unsettled rows in anew, judged by the archive's new limit, a short transaction at a time.
void reclassify(sqlite_connection& connection, std::int64_t archive, int max_attempts) {
    std::vector<file_id> ids;
    {
        auto q = connection.ask(
            R"(SELECT f.file_id FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled
            CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
            WHERE f.state < 2 AND f.archive_id = ?1
            AND f.state <> (s.removed IS NOT NULL OR coalesce(s.failed_copy_attempts, 0) >= ?2))",
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

// Unsettled ones, and those that might be deleted if they had an age: at the end of the indexes of both.
std::vector<undated_file> undated_files(sqlite_connection& connection, std::int64_t archive) {
    constexpr std::size_t most = 10;
    std::vector<undated_file> found;
    const auto take = [&](query q) {
        while (found.size() < most && q.next()) found.push_back({q.integer(0), q.text(1), q.text(2)});
    };
    take(connection.ask(
        R"(SELECT s.id, s.local_path, substr(quote(s.timestamp), 1, 60)
        FROM suprsync_files AS f INDEXED BY suprsync_files_unsettled
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.state < 2 AND f.archive_id = ?1 AND f.timestamp = ?2)",
        archive, of_undated));
    take(connection.ask(
        R"(SELECT s.id, s.local_path, substr(quote(s.timestamp), 1, 60)
        FROM suprsync_files AS f INDEXED BY suprsync_files_deletable
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.state = 4 AND f.archive_id = ?1 AND f.lane = ?2 AND f.due = ?3)",
        archive, static_cast<int>(lane::untried), of_undated));
    return found;
}

template <class Change>
void change_archive(sqlite_connection& connection, const std::string& archive, Change change) {
    write_transaction transaction(connection);
    change(archive_table(connection).ensure(archive).id);
    transaction.commit();
}

void serve_archive(sqlite_connection& connection, const std::string& archive, int max_attempts,
                   const std::string& destination) {
    drain_all(connection);
    change_archive(connection, archive, [&](std::int64_t id) {
        connection.run(
            R"(DELETE FROM suprsync_base_places WHERE archive = ?1
            AND (SELECT destination FROM suprsync_archives WHERE name = ?1) IS NOT ?2)",
            archive, destination);
        connection.run(
            R"(UPDATE suprsync_archives
            SET rejudge = rejudge OR max_attempts <> ?2, max_attempts = ?2, destination = ?3
            WHERE id = ?1)",
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

// Of the oldest unsettled rows, the first that has not failed: looking behind many failed ones would cost
// more than it tells.
std::optional<epoch_seconds> oldest_waiting(sqlite_connection& connection, std::int64_t archive) {
    auto q = connection.ask(
        R"(SELECT timestamp, state FROM suprsync_files INDEXED BY suprsync_files_unsettled
        WHERE state < 2 AND archive_id = ?1 AND timestamp >= 0 AND timestamp < ?2
        ORDER BY timestamp LIMIT 100)",
        archive, of_undated);
    while (q.next())
        if (static_cast<row_state>(q.integer(1)) == row_state::pending) return q.real(0);
    return std::nullopt;
}

}  // namespace

// Rows are classified anew where `max_copy_attempts` is another than before.
asio::awaitable<result<void>> sqlite_catalog::serve(std::string archive, int max_copy_attempts,
                                                    std::string destination) {
    return run([=](sqlite_connection& connection, impl& in) -> result<void> {
        serve_archive(connection, archive, max_copy_attempts, destination);
        in.watch.watch(connection, archive);
        in.notice.forget();
        return {};
    });
}

asio::awaitable<result<std::string>> sqlite_catalog::read_uuid() {
    return read([](const snapshot& at) { return meta(at.connection, "uuid"); });
}

asio::awaitable<result<archive_counts>> sqlite_catalog::counts(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        auto q = at.connection.ask(
            "SELECT id, last_added, last_copied, finalized_until FROM suprsync_archives WHERE name = ?1",
            archive);
        if (!q.next()) return archive_counts{};
        auto counts = read_counts(at.connection, q.integer(0));
        counts.last_file_added = path_of(at.connection, q.integer(1));
        counts.last_file_copied = path_of(at.connection, q.integer(2));
        counts.oldest_unsettled = oldest_unsettled(at.connection, q.integer(0));
        counts.oldest_waiting = oldest_waiting(at.connection, q.integer(0));
        counts.finalized_until_published = q.real(3);
        counts.undated = undated_files(at.connection, q.integer(0));
        return counts;
    });
}

asio::awaitable<result<archive_memory>> sqlite_catalog::memory(std::string archive) {
    return read([archive = std::move(archive)](const snapshot& at) {
        archive_memory memory;
        auto q = at.connection.ask(
            R"(SELECT paused, pause_reason, base_file_system, base_inode, id, finalized_until
            FROM suprsync_archives WHERE name = ?1)",
            archive);
        if (!q.next()) return memory;
        memory.paused = q.integer(0) != 0;
        memory.pause_reason = q.text(1);
        if (!q.null(2)) memory.base = base_identity{q.text(2), std::bit_cast<std::uint64_t>(q.integer(3))};
        memory.has_verified = read_counts(at.connection, q.integer(4)).verified > 0;
        memory.finalized_until_published = q.real(5);
        memory.unproved = any_unproved(at.connection, archive);
        memory.unregistered_finalization = meta(at.connection, begun_finalization_key(archive));
        return memory;
    });
}

asio::awaitable<result<void>> sqlite_catalog::remember_base(std::string archive, base_identity base) {
    return run([=](sqlite_connection& connection, impl&) -> result<void> {
        change_archive(connection, archive, [&](std::int64_t id) {
            connection.run(
                "UPDATE suprsync_archives SET base_file_system = ?2, base_inode = ?3 WHERE id = ?1", id,
                base.file_system, std::bit_cast<std::int64_t>(base.inode));
        });
        return {};
    });
}

asio::awaitable<result<void>> sqlite_catalog::try_writing() {
    return run([](sqlite_connection& connection, impl&) -> result<void> {
        write_transaction transaction(connection);
        const auto before = meta(connection, "tried_writing");
        set_meta(connection, "tried_writing", before == "1" ? "2" : "1");
        transaction.commit();
        return {};
    });
}

asio::awaitable<result<void>> sqlite_catalog::set_paused(std::string archive, bool paused,
                                                         std::string reason) {
    return run(
        [=](sqlite_connection& connection, impl&) -> result<void> {
            change_archive(connection, archive, [&](std::int64_t id) {
                connection.run("UPDATE suprsync_archives SET paused = ?2, pause_reason = ?3 WHERE id = ?1",
                               id, paused, reason);
            });
            return {};
        },
        asker::client);
}

asio::awaitable<result<bool>> sqlite_catalog::end_base_pause(std::string archive) {
    return run([archive = std::move(archive)](sqlite_connection& connection, impl&) -> result<bool> {
        bool ended = false;
        change_archive(connection, archive, [&](std::int64_t id) {
            ended = connection.number(
                        R"(SELECT count(*) FROM suprsync_archives
                        WHERE id = ?1 AND paused AND substr(pause_reason, 1, length(?2)) = ?2)",
                        id, std::string(base_pause)) == 1;
            if (ended)
                connection.run("UPDATE suprsync_archives SET paused = 0, pause_reason = '' WHERE id = ?1",
                               id);
        });
        return ended;
    });
}

// The query names the archive by its id: of the local path only that archive's rows count.
asio::awaitable<result<std::vector<bool>>> sqlite_catalog::registered(std::string archive,
                                                                      std::vector<std::string> local_paths) {
    return read([archive = std::move(archive), paths = std::move(local_paths)](const snapshot& at) {
        const auto* entry = at.archives.find(archive);
        std::vector<bool> answers;
        for (const auto& path : paths)
            answers.push_back(entry && at.connection.number(
                                           R"(SELECT EXISTS (
                                  SELECT 1 FROM suprsync_files AS f INDEXED BY suprsync_files_local
                                  CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
                                  WHERE f.local_key = ?1 AND f.archive_id = ?2 AND s.local_path = ?3))",
                                           local_key(path), entry->id, path) != 0);
        return answers;
    });
}

asio::awaitable<result<std::vector<known_archive>>> sqlite_catalog::known_archives() {
    return read([path = impl_->options.path](const snapshot& at) {
        std::vector<known_archive> known;
        for (const auto& entry : at.archives.all()) {
            const auto counts = read_counts(at.connection, entry.id);
            known.push_back({entry.name, counts.files, counts.unsettled, entry.base.has_value(), false});
            if (counts.unsettled > 0) known.back().locked = archive_lock::is_locked(path, entry.name);
        }
        std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
        return known;
    });
}

}  // namespace suprsync

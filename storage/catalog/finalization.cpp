// Timecode directories: which are open, their flags in the shared table, and the registration of finalization
// files, each in one transaction with what it says (spec, Timecode directories).
#include "engine/rules/finalization.hpp"
#include "storage/catalog/bad_copies.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/registration.hpp"
#include "storage/catalog/timecode_summaries.hpp"
#include "storage/index/archive_table.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/side_tables.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr int examples = 3;

failure changed(const std::string& operation, const std::string& subject) {
    return {failure_code::changed, operation, subject, "the catalog changed meanwhile"};
}

void remember_finalized_until(sqlite_connection& connection, std::int64_t archive, epoch_seconds until) {
    connection.run("UPDATE suprsync_archives SET finalized_until = ?2 WHERE id = ?1", archive, until);
}

// A finalization file is registered that says this.
void remember_registered(sqlite_connection& connection, const archive_entry& archive, epoch_seconds until) {
    remember_finalized_until(connection, archive.id, until);
    set_meta(connection, begun_finalization_key(archive.name), "");
}

void read_settled_at(sqlite_connection& connection, std::int64_t archive, open_timecode& directory) {
    auto q = connection.ask("SELECT at FROM suprsync_settlements WHERE archive_id = ?1 AND timecode = ?2",
                            archive, directory.timecode);
    if (q.next()) directory.settled_at = q.real(0);
}

void read_failed_examples(sqlite_connection& connection, std::int64_t archive, open_timecode& directory) {
    auto q = connection.ask(
        R"(SELECT s.local_path FROM suprsync_files AS f INDEXED BY suprsync_files_failed
        CROSS JOIN supersync_v0 AS s ON s.id = f.file_id
        WHERE f.state = 1 AND f.archive_id = ?1 AND f.timecode = ?2
        ORDER BY f.file_id LIMIT ?3)",
        archive, directory.timecode, examples);
    while (q.next()) directory.failed_examples.push_back(q.text(0));
}

void add_lost(const lost_copies_of_days& lost, open_timecode& directory) {
    const auto found = lost.of(directory.timecode, examples);
    directory.lost = found.copies;
    directory.removed_there = found.removed;
    for (const auto& file : found.first) directory.lost_examples.push_back(file.row.remote_path);
}

bool any_lost(sqlite_connection& connection, const archive_table& archives, const std::string& archive,
              int timecode) {
    return lost_copies_of_days(connection, archives, archive).any(timecode);
}

void write_flags(sqlite_connection& connection, const std::string& archive, int timecode, bool completed,
                 bool synced) {
    const auto known = connection.number(
        "SELECT count(*) FROM timecode_dirs_v0 WHERE archive_name = ?1 AND timecode = ?2", archive, timecode);
    if (known == 0)
        connection.run(
            R"(INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized)
            VALUES (?2, ?1, ?3, ?4, 0))",
            archive, timecode, completed, synced);
    else
        connection.run(
            R"(UPDATE timecode_dirs_v0 SET completed = ?3, synced = ?4
            WHERE archive_name = ?1 AND timecode = ?2)",
            archive, timecode, completed, synced);
}

}  // namespace

asio::awaitable<result<open_timecodes>> sqlite_catalog::timecodes_to_finalize(std::string archive,
                                                                              int newest_believed) {
    return read([archive = std::move(archive), newest_believed](const snapshot& at) {
        open_timecodes found;
        const auto* entry = at.archives.find(archive);
        if (!entry) return found;
        const lost_copies_of_days lost(at.connection, at.archives, archive);
        auto q = at.connection.ask(
            R"(SELECT timecode, files, unsettled, failed, revision, last_finalized_at
            FROM suprsync_timecodes INDEXED BY suprsync_timecodes_open
            WHERE finalized = 0 AND files > 0 AND archive_id = ?1
            ORDER BY timecode)",
            entry->id);
        while (q.next()) {
            open_timecode directory;
            directory.timecode = static_cast<int>(q.integer(0));
            directory.files = q.integer(1);
            directory.unsettled = q.integer(2);
            directory.failed = q.integer(3);
            directory.revision = static_cast<int>(q.integer(4));
            directory.last_finalized_at = q.real(5);
            if (directory.revision > 0) read_settled_at(at.connection, entry->id, directory);
            if (const auto flags = read_timecode_flags(at.connection, archive, directory.timecode)) {
                directory.completed = flags->completed;
                directory.synced = flags->synced;
            }
            if (directory.failed > 0) read_failed_examples(at.connection, entry->id, directory);
            if (directory.unsettled == 0) add_lost(lost, directory);
            found.directories.push_back(std::move(directory));
        }
        auto newest = at.connection.ask(
            R"(SELECT timecode FROM suprsync_timecodes WHERE archive_id = ?1 AND files > 0 AND timecode <= ?2
            ORDER BY timecode DESC LIMIT 1)",
            entry->id, newest_believed);
        if (newest.next()) found.newest_with_data = static_cast<int>(newest.integer(0));
        return found;
    });
}

asio::awaitable<result<void>> sqlite_catalog::mark_timecode(std::string archive, int timecode, bool completed,
                                                            bool synced) {
    return run([archive = std::move(archive), timecode, completed, synced](sqlite_connection& connection,
                                                                           impl&) -> result<void> {
        write_transaction transaction(connection);
        write_flags(connection, archive, timecode, completed, synced);
        transaction.commit();
        return {};
    });
}

asio::awaitable<result<void>> sqlite_catalog::begin_finalization(std::string archive,
                                                                 std::string local_path) {
    return run([archive = std::move(archive), local_path = std::move(local_path)](
                   sqlite_connection& connection, impl&) -> result<void> {
        write_transaction transaction(connection);
        set_meta(connection, begun_finalization_key(archive), local_path);
        transaction.commit();
        return {};
    });
}

asio::awaitable<result<file_row>> sqlite_catalog::register_finalization(std::string archive,
                                                                        timecode_summary summary,
                                                                        registration file,
                                                                        epoch_seconds finalized_until) {
    return run([=](sqlite_connection& connection, impl& in) {
        auto row = decide_up_to_date(connection, [&](change_index& index) -> result<file_row> {
            const auto entry = index.archives().ensure(archive);
            const auto id = entry.id;
            // What was counted up to here is in the table only after this.
            index.write_counters();
            if (any_unproved(connection, archive) ||
                !in.summaries.is_current(connection, id, archive, summary) ||
                any_lost(connection, index.archives(), archive, summary.timecode) ||
                !may_be_published(finalized_until, entry.finalized_until, oldest_unsettled(connection, id)))
                return changed("finalize", "timecode " + std::to_string(summary.timecode) + " of " + archive);
            auto inserted = insert_row(connection, file);
            write_flags(connection, archive, summary.timecode, true, true);
            connection.run(
                R"(UPDATE timecode_dirs_v0 SET finalized = 1, finalize_file_id = ?3
                WHERE archive_name = ?1 AND timecode = ?2)",
                archive, summary.timecode, inserted.id);
            connection.run(
                R"(UPDATE suprsync_timecodes
                SET finalized = 1, revision = ?3, last_finalized_at = ?4, version = version + 1
                WHERE archive_id = ?1 AND timecode = ?2)",
                id, summary.timecode, summary.revision, file.timestamp);
            remember_registered(connection, entry, finalized_until);
            return inserted;
        });
        if (row) in.summaries.forget(archive, summary.timecode);
        return row;
    });
}

asio::awaitable<result<file_row>> sqlite_catalog::reissue_finalization(file_row old_row, registration file,
                                                                       epoch_seconds finalized_until,
                                                                       std::string reason) {
    return write([=](sqlite_connection& connection, change_index& index) -> result<file_row> {
        const auto row = find_row(connection, old_row.id);
        if (!row || row->remote_path != old_row.remote_path || row->archive_name != old_row.archive_name ||
            row->local_path != old_row.local_path || row->removed || !is_unsettled(*row) ||
            any_unproved(connection, row->archive_name))
            return changed("issue anew", old_row.remote_path);
        const auto entry = index.archives().ensure(row->archive_name);
        const auto id = entry.id;
        const auto timecode = announced_timecode(connection, index.archives(), *row);
        if (timecode && any_lost(connection, index.archives(), row->archive_name, *timecode))
            return changed("issue anew", old_row.remote_path);
        if (!may_be_published(finalized_until, entry.finalized_until,
                              oldest_unsettled(connection, id, row->id)))
            return changed("issue anew", old_row.remote_path);
        connection.run(R"(UPDATE supersync_v0 SET "ignore" = 1 WHERE id = ?1)", row->id);
        auto known = find_attempt_state(connection, row->id);
        known.ignore_reason = reason;
        write_attempt_state(connection, row->id, known);
        auto inserted = insert_row(connection, file);
        if (timecode) {
            connection.run(
                R"(UPDATE timecode_dirs_v0 SET finalize_file_id = ?3
                WHERE archive_name = ?1 AND timecode = ?2 AND finalize_file_id = ?4)",
                row->archive_name, *timecode, inserted.id, row->id);
            connection.run(
                "UPDATE suprsync_timecodes SET last_finalized_at = ?3 WHERE archive_id = ?1 AND timecode = ?2",
                id, *timecode, file.timestamp);
        }
        remember_registered(connection, entry, finalized_until);
        return inserted;
    });
}

asio::awaitable<result<epoch_seconds>> sqlite_catalog::promise_finalized_until(std::string archive,
                                                                               epoch_seconds computed) {
    const auto promise = [archive = std::move(archive), computed](
                             sqlite_connection& connection, change_index& index) -> result<epoch_seconds> {
        const auto entry = index.archives().ensure(archive);
        // What counts as verified may have to be copied anew.
        if (any_unproved(connection, archive)) return entry.finalized_until;
        const auto now = finalized_until(oldest_unsettled(connection, entry.id), computed);
        const auto until = promised(now, entry.finalized_until);
        if (until > entry.finalized_until) remember_finalized_until(connection, entry.id, until);
        return until;
    };
    return write(promise, asker::client);
}

}  // namespace suprsync

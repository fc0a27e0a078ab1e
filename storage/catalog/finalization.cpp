#include "storage/catalog/timecode_summaries.hpp"

#include <algorithm>

#include "storage/catalog/registration.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"

namespace suprsync {

namespace {

constexpr int rows_read_at_once = 20'000;
constexpr int newest_listed = 3;
constexpr int failed_examples = 3;

struct directory_state {
    std::int64_t version = 0, files = 0, unsettled = 0;
    int revision = 0;
};

std::optional<directory_state> find_directory(sqlite_connection& connection, std::int64_t archive,
                                              int timecode) {
    auto q = connection.ask(
        "SELECT version, files, unsettled, revision FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode = ?2",
        archive, timecode);
    if (!q.next()) return std::nullopt;
    return directory_state{q.integer(0), q.integer(1), q.integer(2), static_cast<int>(q.integer(3))};
}

failure changed(const std::string& operation, const std::string& subject) {
    return {failure_code::changed, operation, subject, "the catalog changed meanwhile"};
}

void remember_finalized_until(sqlite_connection& connection, std::int64_t archive, epoch_seconds until) {
    connection.run("UPDATE suprsync_archives SET finalized_until = ?2 WHERE id = ?1", archive, until);
}

}  // namespace

std::optional<epoch_seconds> oldest_unsettled(sqlite_connection& connection, std::int64_t archive,
                                              file_id but) {
    auto q = connection.ask(
        "SELECT timestamp FROM suprsync_files INDEXED BY suprsync_files_unsettled WHERE state < 2 AND archive_id = ?1 AND file_id <> ?2 ORDER BY timestamp LIMIT 1",
        archive, but);
    if (!q.next()) return std::nullopt;
    return q.real(0);
}

open_timecodes load_open_timecodes(sqlite_connection& connection, const std::string& archive) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    open_timecodes found;
    const archive_table archives(connection);
    const auto* entry = archives.find(archive);
    if (!entry) return found;
    auto q = connection.ask(
        "SELECT timecode, files, unsettled, failed, revision, last_finalized_at FROM suprsync_timecodes INDEXED BY suprsync_timecodes_open WHERE finalized = 0 AND files > 0 AND archive_id = ?1 ORDER BY timecode",
        entry->id);
    while (q.next()) {
        open_timecode directory;
        directory.timecode = static_cast<int>(q.integer(0));
        directory.files = q.integer(1);
        directory.unsettled = q.integer(2);
        directory.failed = q.integer(3);
        directory.revision = static_cast<int>(q.integer(4));
        directory.last_finalized_at = q.real(5);
        auto flags = connection.ask(
            "SELECT max(coalesce(completed, 0)), max(coalesce(synced, 0)) FROM timecode_dirs_v0 WHERE archive_name = ?1 AND timecode = ?2",
            archive, directory.timecode);
        if (flags.next()) {
            directory.completed = flags.integer(0) != 0;
            directory.synced = flags.integer(1) != 0;
        }
        if (directory.failed > 0) {
            auto failed = connection.ask(
                "SELECT s.local_path FROM suprsync_files AS f INDEXED BY suprsync_files_failed CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.state = 1 AND f.archive_id = ?1 AND f.timecode = ?2 ORDER BY f.file_id LIMIT ?3",
                entry->id, directory.timecode, failed_examples);
            while (failed.next()) directory.failed_examples.push_back(failed.text(0));
        }
        found.directories.push_back(std::move(directory));
    }
    auto newest = connection.ask(
        "SELECT timecode FROM suprsync_timecodes WHERE archive_id = ?1 AND files > 0 ORDER BY timecode DESC LIMIT ?2",
        entry->id, newest_listed);
    while (newest.next()) found.with_data_newest.push_back(static_cast<int>(newest.integer(0)));
    return found;
}

void mark_timecode(sqlite_connection& connection, const std::string& archive, int timecode, bool completed,
                   bool synced) {
    const auto known = connection.number(
        "SELECT count(*) FROM timecode_dirs_v0 WHERE archive_name = ?1 AND timecode = ?2", archive, timecode);
    if (known == 0)
        connection.run(
            "INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized) VALUES (?2, ?1, ?3, ?4, 0)",
            archive, timecode, completed, synced);
    else
        connection.run(
            "UPDATE timecode_dirs_v0 SET completed = ?3, synced = ?4 WHERE archive_name = ?1 AND timecode = ?2",
            archive, timecode, completed, synced);
}

std::optional<timecode_summary> directory_summaries::read_on(sqlite_connection& connection,
                                                             const std::string& archive, int timecode,
                                                             reading& state) {
    drain_all(connection);
    const read_transaction snapshot(connection);
    const archive_table archives(connection);
    const auto* entry = archives.find(archive);
    const auto directory = entry ? find_directory(connection, entry->id, timecode) : std::nullopt;
    timecode_summary summary;
    summary.timecode = timecode;
    summary.revision = 1;
    if (!directory) return summary;
    summary.revision = directory->revision + 1;
    summary.synced = directory->unsettled == 0;
    if (state.version != directory->version) {
        state = {};
        state.version = directory->version;
        state.next_key = std::int64_t{timecode} << remote_hash_bits;
    }
    auto q = connection.ask(
        "SELECT f.remote_key, s.remote_path FROM suprsync_files AS f INDEXED BY suprsync_files_remote CROSS JOIN supersync_v0 AS s ON s.id = f.file_id WHERE f.remote_key >= ?1 AND f.remote_key < ?2 AND f.archive_id = ?3 AND f.timecode = ?4 AND f.state <> 2 ORDER BY f.remote_key",
        state.next_key, (std::int64_t{timecode} + 1) << remote_hash_bits, entry->id, timecode);
    int rows = 0;
    std::int64_t key = -1;
    std::set<std::string> same_key;  // a remote path counts once: versions of a file share it
    while (q.next()) {
        if (q.integer(0) != key) {
            if (++rows > rows_read_at_once) {
                state.next_key = q.integer(0);
                return std::nullopt;
            }
            key = q.integer(0);
            same_key.clear();
        }
        const auto path = q.text(1);
        if (!same_key.insert(path).second) continue;
        ++state.num_files;
        if (auto subdir = subdir_of(path)) state.subdirs.insert(std::move(*subdir));
    }
    summary.num_files = state.num_files;
    summary.subdirs.assign(state.subdirs.begin(), state.subdirs.end());
    summary.oldest_unsettled = oldest_unsettled(connection, entry->id);
    made_[{archive, timecode}] = {directory->version, summary};
    return summary;
}

result<file_row> directory_summaries::register_finalization(sqlite_connection& connection,
                                                            const std::string& archive,
                                                            const timecode_summary& summary,
                                                            const registration& file,
                                                            epoch_seconds finalized_until) {
    auto row = decide_up_to_date(connection, [&](change_index& index) -> result<file_row> {
        const auto id = index.archives().ensure(archive).id;
        // What was counted up to here is in the table only after this.
        index.write_counters();
        const auto made = made_.find({archive, summary.timecode});
        const auto now = find_directory(connection, id, summary.timecode);
        const auto oldest = oldest_unsettled(connection, id);
        if (!now || now->unsettled > 0 || made == made_.end() || made->second.first != now->version ||
            made->second.second != summary || (oldest && *oldest < finalized_until))
            return changed("finalize", "timecode " + std::to_string(summary.timecode) + " of " + archive);
        auto inserted = insert_row(connection, file);
        mark_timecode(connection, archive, summary.timecode, true, true);
        connection.run(
            "UPDATE timecode_dirs_v0 SET finalized = 1, finalize_file_id = ?3 WHERE archive_name = ?1 AND timecode = ?2",
            archive, summary.timecode, inserted.id);
        connection.run(
            "UPDATE suprsync_timecodes SET finalized = 1, revision = ?3, last_finalized_at = ?4, version = version + 1 WHERE archive_id = ?1 AND timecode = ?2",
            id, summary.timecode, summary.revision, file.timestamp);
        remember_finalized_until(connection, id, finalized_until);
        return inserted;
    });
    if (row) made_.erase({archive, summary.timecode});
    return row;
}

std::optional<int> announced_timecode(sqlite_connection& connection, const file_row& finalization) {
    // <time>_<archive>_<timecode>_finalized.yaml
    constexpr std::string_view suffix = "_finalized.yaml";
    if (!is_finalization_path(finalization.remote_path)) return std::nullopt;
    std::string_view name = finalization.remote_path;
    name.remove_prefix(name.rfind('/') + 1);
    name.remove_suffix(suffix.size());
    const auto before = name.rfind('_');
    if (before == std::string_view::npos) return std::nullopt;
    const auto timecode = timecode_of(name.substr(before + 1));
    const archive_table archives(connection);
    const auto* entry = archives.find(finalization.archive_name);
    if (!timecode || !entry || !find_directory(connection, entry->id, *timecode)) return std::nullopt;
    return timecode;
}

result<file_row> reissue_finalization(sqlite_connection& connection, const file_row& old_row,
                                      const registration& file, epoch_seconds finalized_until,
                                      const std::string& reason) {
    return decide_up_to_date(connection, [&](change_index& index) -> result<file_row> {
        const auto row = find_row(connection, old_row.id);
        if (!row || row->remote_path != old_row.remote_path || row->archive_name != old_row.archive_name ||
            row->local_path != old_row.local_path || row->ignore || row->removed || is_verified(*row))
            return changed("issue anew", old_row.remote_path);
        const auto id = index.archives().ensure(row->archive_name).id;
        const auto oldest = oldest_unsettled(connection, id, row->id);
        if (oldest && *oldest < finalized_until) return changed("issue anew", old_row.remote_path);
        connection.run("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id = ?1", row->id);
        auto notes = find_notes(connection, row->id);
        notes.ignore_reason = reason;
        write_notes(connection, row->id, notes);
        auto inserted = insert_row(connection, file);
        if (const auto timecode = announced_timecode(connection, *row)) {
            connection.run(
                "UPDATE timecode_dirs_v0 SET finalize_file_id = ?3 WHERE archive_name = ?1 AND timecode = ?2 AND finalize_file_id = ?4",
                row->archive_name, *timecode, inserted.id, row->id);
            connection.run(
                "UPDATE suprsync_timecodes SET last_finalized_at = ?3 WHERE archive_id = ?1 AND timecode = ?2",
                id, *timecode, file.timestamp);
        }
        remember_finalized_until(connection, id, finalized_until);
        return inserted;
    });
}

}  // namespace suprsync

#include "storage/index/change_index.hpp"

#include <algorithm>
#include <limits>

#include "storage/index/attempt_state.hpp"

namespace suprsync {

namespace {

constexpr std::size_t rows_per_drain = 2000;
constexpr std::chrono::milliseconds time_per_drain{25};
constexpr std::size_t rows_between_looks_at_the_clock = 50;
constexpr double back_dated_tolerance = 60;  // s, spec 7.1
constexpr int examples_of_late_files = 100;

}  // namespace

change_index::change_index(sqlite_connection& connection) : connection_(connection), archives_(connection) {
    auto q = connection.ask("SELECT indexed_to, index_end FROM suprsync_indexing");
    if (!q.next()) return;
    indexed_to_ = q.integer(0);
    index_end_ = q.integer(1);
}

bool change_index::drain(std::size_t limit, std::chrono::steady_clock::duration budget) {
    const auto end = std::chrono::steady_clock::now() + budget;
    std::vector<file_id> ids;
    {
        auto q = connection_.ask("SELECT file_id FROM suprsync_changes ORDER BY file_id LIMIT ?1",
                                 static_cast<std::int64_t>(limit) + 1);
        while (q.next()) ids.push_back(q.integer(0));
    }
    bool complete = ids.size() <= limit;
    if (!complete) ids.pop_back();
    std::size_t done = 0;
    while (done < ids.size()) {
        if (!taken_in_.contains(ids[done])) absorb(ids[done], find_row(connection_, ids[done]));
        if (++done % rows_between_looks_at_the_clock == 0 && done < ids.size() &&
            std::chrono::steady_clock::now() > end) {
            complete = false;
            break;
        }
    }
    if (done > 0) connection_.run("DELETE FROM suprsync_changes WHERE file_id <= ?1", ids[done - 1]);
    // What is finalized is judged when all rows before it are known.
    if (complete) take_timecode_changes();
    return complete;
}

void change_index::absorb(file_id id, const std::optional<file_row>& row) {
    take_in(id, row ? &*row : nullptr, nullptr);
}

void change_index::index(const file_row& row) { take_in(row.id, &row, nullptr, true); }

void change_index::take_in(file_id id, const file_row* row, const file_notes* known_notes, bool in_turn) {
    bool settled_before = in_first_index(id);  // a row of the first start, no new one
    auto old = find_side_row(connection_, id);
    const archive_entry* archive = row ? &archives_.ensure(row->archive_name) : nullptr;
    std::optional<side_row> now;
    if (row) {
        std::optional<epoch_seconds> not_before;
        if (known_notes)
            not_before = known_notes->not_before_of(*row);
        else if (old)
            not_before = find_notes(connection_, id).not_before_of(*row);
        now = derive(*row, archive->id, archive->max_attempts, not_before);
        if (old) now->size = old->size;
        if (old && settled_before && archive->id == old->archive && has_keys_of_version_1(*old, *row)) {
            write_keys(connection_, *now);
            old->remote_key = now->remote_key;
            old->local_key = now->local_key;
        }
    }
    if (old && (!now || !old->same_file(*now))) {
        // Deleted, or another file has the id: nothing that was known holds for it.
        contribute(*old, -1);
        connection_.run("DELETE FROM suprsync_files WHERE file_id = ?1", id);
        connection_.run("DELETE FROM suprsync_notes WHERE file_id = ?1", id);
        old.reset();
        if (now) {
            now = derive(*row, archive->id, archive->max_attempts, std::nullopt);
            settled_before = false;
        }
    }
    if (!now) return;
    if (const auto known = sizes_.find(id); known != sizes_.end()) now->size = known->second;
    if (in_turn) {
        count_bytes(*now, 1);
        if (old) blocks_.note(*now);
    }
    if (old == now) return;

    if (!old) return enter(*now, archive->finalized_until, settled_before);
    judge_lateness(old, *now, settled_before);
    contribute(*old, -1);
    update_side_row(connection_, *now);
    contribute(*now, 1);
    if (old->timestamp < now->timestamp) blocks_.note(*now);
    if (is_verified(now->state) && !is_verified(old->state)) archive_deltas_[now->archive].last_copied = id;
}

// A row that was not there before.
void change_index::enter(const side_row& row, epoch_seconds finalized_until, bool settled_before) {
    judge_lateness(std::nullopt, row, settled_before);
    insert_side_row(connection_, row);
    contribute(row, 1);
    blocks_.note(row);
    auto& delta = archive_deltas_[row.archive];
    if (is_verified(row.state)) delta.last_copied = row.id;
    delta.last_added = std::max(delta.last_added, row.id);
    if (settled_before) return;
    ++delta.registered;
    if (row.timestamp < finalized_until - back_dated_tolerance)
        give_notice(row.archive, row.id, notice::back_dated);
}

void change_index::inserted(const file_row& row) {
    taken_in_.insert(row.id);
    if (!highest_side_row_) highest_side_row_ = connection_.number("SELECT max(file_id) FROM suprsync_files");
    // SQLite uses ids again: an earlier row's side row may stand there.
    if (row.id <= *highest_side_row_ || in_first_index(row.id)) return take_in(row.id, &row, nullptr);
    const auto& archive = archives_.ensure(row.archive_name);
    auto side = derive(row, archive.id, archive.max_attempts, std::nullopt);
    if (const auto known = sizes_.find(row.id); known != sizes_.end()) side.size = known->second;
    enter(side, archive.finalized_until, false);
    highest_side_row_ = row.id;
}

void change_index::changed(const file_row& row, const file_notes& notes) {
    taken_in_.insert(row.id);
    take_in(row.id, &row, &notes);
}

void change_index::contribute(const side_row& row, int sign) {
    auto& delta = archive_deltas_[row.archive];
    const bool unsettled = is_unsettled(row.state);
    const bool failed = row.state == row_state::failed;
    delta.files += sign;
    delta.unsettled += unsettled ? sign : 0;
    delta.failed += failed ? sign : 0;
    delta.ignored += row.state == row_state::ignored ? sign : 0;
    delta.verified += is_verified(row.state) ? sign : 0;
    delta.removed += row.state == row_state::removed ? sign : 0;
    delta.bytes += unsettled ? sign * row.size.value_or(0) : 0;
    // The first index counts those of its rows itself.
    if (!in_first_index(row.id)) count_bytes(row, sign);
    if (row.timecode == no_timecode) return;
    auto& directory = directory_of(row.archive, row.timecode);
    directory.files += row.state != row_state::ignored ? sign : 0;
    directory.unsettled += unsettled ? sign : 0;
    directory.failed += failed ? sign : 0;
}

// Those of unsettled rows are counted with the files.
void change_index::count_bytes(const side_row& row, int sign) {
    if (!row.size) return;
    auto& delta = archive_deltas_[row.archive];
    const auto bytes = sign * *row.size;
    delta.bytes_failed += row.state == row_state::failed ? bytes : 0;
    delta.bytes_ignored += row.state == row_state::ignored ? bytes : 0;
    delta.bytes_verified += is_verified(row.state) ? bytes : 0;
    delta.bytes_removed += row.state == row_state::removed ? bytes : 0;
}

// Whether this row makes a finalized directory unfinalized (spec 3.1 and 7.1).
void change_index::judge_lateness(const std::optional<side_row>& old, const side_row& now,
                                  bool settled_before) {
    if (now.timecode == no_timecode || now.state == row_state::ignored) return;
    bool late = false;
    if (!old)
        late = !settled_before || is_unsettled(now.state);
    else if (old->state == row_state::ignored)
        late = true;
    else
        late = !is_unsettled(old->state) && is_unsettled(now.state) && !keeps_finalized_.contains(now.id);
    if (!late || !directory_of(now.archive, now.timecode).finalized) return;
    unfinalize(now.archive, now.timecode);
    give_notice(now.archive, now.id, notice::late);
}

change_index::directory& change_index::directory_of(std::int64_t archive, int timecode) {
    const auto [place, fresh] = directories_.try_emplace({archive, timecode});
    if (fresh)
        place->second.finalized =
            connection_.number(
                "SELECT finalized FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode = ?2", archive,
                timecode) != 0;
    return place->second;
}

void change_index::unfinalize(std::int64_t archive, int timecode) {
    directory_of(archive, timecode).finalized = false;
    connection_.run("UPDATE suprsync_timecodes SET finalized = 0 WHERE archive_id = ?1 AND timecode = ?2",
                    archive, timecode);
    connection_.run(
        "UPDATE timecode_dirs_v0 SET finalized = 0, synced = 0 WHERE archive_name = ?1 AND timecode = ?2",
        archives_.find(archive)->name, timecode);
}

void change_index::give_notice(std::int64_t archive, file_id id, notice kind) {
    connection_.run("INSERT INTO suprsync_notices (archive_id, file_id, kind) VALUES (?1, ?2, ?3)", archive,
                    id, static_cast<int>(kind));
}

void change_index::finish() {
    for (const auto id : touched_) {
        absorb(id, find_row(connection_, id));
        taken_in_.insert(id);
    }
    touched_.clear();
    drain(std::numeric_limits<std::int32_t>::max());
    write_counters();
}

void change_index::write_counters() {
    for (const auto& [id, d] : archive_deltas_)
        connection_.run(
            "UPDATE suprsync_archives SET files = files + ?2, unsettled = unsettled + ?3, failed = failed + ?4, ignored = ignored + ?5, verified = verified + ?6, removed = removed + ?7, bytes_unsettled = bytes_unsettled + ?8, registered = registered + ?9, last_added = max(last_added, ?10), last_copied = CASE ?11 WHEN 0 THEN last_copied ELSE ?11 END, bytes_failed = bytes_failed + ?12, bytes_ignored = bytes_ignored + ?13, bytes_verified = bytes_verified + ?14, bytes_removed = bytes_removed + ?15 WHERE id = ?1",
            id, d.files, d.unsettled, d.failed, d.ignored, d.verified, d.removed, d.bytes, d.registered,
            d.last_added, d.last_copied, d.bytes_failed, d.bytes_ignored, d.bytes_verified, d.bytes_removed);
    for (const auto& [key, d] : directories_)
        connection_.run(
            "INSERT INTO suprsync_timecodes (archive_id, timecode, files, unsettled, failed) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET files = files + ?3, unsettled = unsettled + ?4, failed = failed + ?5, version = version + 1",
            key.first, key.second, d.files, d.unsettled, d.failed);
    blocks_.write(connection_);
    archive_deltas_.clear();
    directories_.clear();
}

void change_index::take_timecode_changes() {
    std::vector<std::pair<std::string, int>> changed;
    {
        auto q = connection_.ask("SELECT DISTINCT archive_name, timecode FROM suprsync_timecode_changes");
        while (q.next()) changed.emplace_back(q.text(0), static_cast<int>(q.integer(1)));
    }
    if (changed.empty()) return;
    write_counters();
    for (const auto& [name, timecode] : changed) mirror_timecode(archives_.ensure(name).id, name, timecode);
    connection_.run("DELETE FROM suprsync_timecode_changes");
}

// The shared row's flag counts; where another program finalized a directory with unsettled files, it does
// not.
void change_index::mirror_timecode(std::int64_t archive, const std::string& name, int timecode) {
    const bool finalized =
        connection_.number(
            "SELECT max(coalesce(finalized, 0)) FROM timecode_dirs_v0 WHERE archive_name = ?1 AND timecode = ?2",
            name, timecode) != 0;
    std::int64_t unsettled = 0;
    bool known = false;
    {
        auto q = connection_.ask(
            "SELECT finalized, unsettled FROM suprsync_timecodes WHERE archive_id = ?1 AND timecode = ?2",
            archive, timecode);
        if (q.next()) {
            known = (q.integer(0) != 0) == finalized;
            unsettled = q.integer(1);
        }
    }
    if (known) return;
    connection_.run(
        "INSERT INTO suprsync_timecodes (archive_id, timecode, finalized, revision) VALUES (?1, ?2, ?3, ?3) ON CONFLICT DO UPDATE SET finalized = ?3, revision = max(revision, ?3), version = version + 1",
        archive, timecode, finalized);
    if (!finalized || unsettled == 0) return;
    unfinalize(archive, timecode);
    std::vector<file_id> late;
    {
        auto q = connection_.ask(
            "SELECT file_id FROM suprsync_files INDEXED BY suprsync_files_remote WHERE remote_key >= ?1 AND remote_key < ?2 AND archive_id = ?3 AND timecode = ?4 AND state < 2 LIMIT ?5",
            std::int64_t{timecode} << remote_hash_bits, (std::int64_t{timecode} + 1) << remote_hash_bits,
            archive, timecode, examples_of_late_files);
        while (q.next()) late.push_back(q.integer(0));
    }
    for (const auto id : late) give_notice(archive, id, notice::late);
}

bool has_changes(sqlite_connection& connection) {
    return connection.number(
               "SELECT EXISTS (SELECT 1 FROM suprsync_changes) OR EXISTS (SELECT 1 FROM suprsync_timecode_changes)") !=
           0;
}

void drain_all(sqlite_connection& connection, known_sizes sizes) {
    while (has_changes(connection)) {
        write_transaction transaction(connection);
        change_index index(connection);
        index.set_sizes(std::move(sizes));
        index.drain(rows_per_drain, time_per_drain);
        index.finish_later();
        transaction.commit();
        sizes = index.take_sizes();
    }
}

}  // namespace suprsync

#include "storage/index/change_index.hpp"

#include <algorithm>
#include <limits>

#include "storage/index/archive_events.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/unproved.hpp"

namespace suprsync {

namespace {

constexpr std::size_t rows_per_drain = 2000;
constexpr std::chrono::milliseconds time_per_drain{25};
constexpr double back_dated_tolerance = 60;  // s, spec, Timecode directories

}  // namespace

change_index::change_index(sqlite_connection& connection)
    : connection_(connection),
      archives_(connection),
      deletable_(connection),
      timecodes_(connection, archives_) {
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
        ++done;
        if (done % rows_between_clock_checks == 0 && done < ids.size() &&
            std::chrono::steady_clock::now() > end) {
            complete = false;
            break;
        }
    }
    if (done > 0) connection_.run("DELETE FROM suprsync_changes WHERE file_id <= ?1", ids[done - 1]);
    // What is finalized is judged when all rows before it are known.
    if (complete) timecodes_.take_changes();
    return complete;
}

void change_index::absorb(file_id id, const std::optional<file_row>& row) {
    take_in(id, row ? &*row : nullptr, nullptr);
}

void change_index::index(const file_row& row) { take_in(row.id, &row, nullptr, turn::of_first_index); }

// What was known of the file before this change. Where no side row vouches for the id, it stands from before
// the side tables were made anew: it is of this file unless somebody has changed the row since.
attempt_state change_index::state_before(file_id id, bool has_side_row, turn now) {
    if (has_side_row) return find_attempt_state(connection_, id);
    if (!in_first_index(id)) return {};
    auto kept = find_attempt_state(connection_, id);
    if (kept == attempt_state{}) return kept;
    const bool changed =
        now == turn::any ||
        connection_.number("SELECT EXISTS (SELECT 1 FROM suprsync_changes WHERE file_id = ?1)", id) != 0;
    if (!changed) return kept;
    write_attempt_state(connection_, id, {});
    return {};
}

namespace {

// Before which nothing is to be dated any more. What we announce days by is no data.
epoch_seconds promised_to_readers(const archive_entry& archive, const file_row& row) {
    return is_finalization_path(row.remote_path) ? std::numeric_limits<epoch_seconds>::lowest()
                                                 : archive.finalized_until;
}

}  // namespace

void change_index::take_in(file_id id, const file_row* row, const attempt_state* known, turn its_turn) {
    bool settled_before = in_first_index(id);  // a row of the first start, no new one
    auto old = find_side_row(connection_, id);
    attempt_state before;
    if (known)
        before = *known;
    else if (row || !old)
        before = state_before(id, old.has_value(), its_turn);
    const archive_entry* archive = row ? &archives_.ensure(row->archive_name) : nullptr;
    std::optional<side_row> now;
    if (row) {
        now = derive(*row, archive->id, archive->max_attempts, before.not_before_of(*row));
        if (old)
            now->size = old->size;
        else if (const auto identity = before.identity_of(*row))
            now->size = static_cast<std::int64_t>(identity->size);
    }
    if (old && (!now || !old->same_file(*now))) {
        // Deleted, or another file has the id: nothing that was known is of this one.
        count(*old, -1, its_turn);
        connection_.run("DELETE FROM suprsync_files WHERE file_id = ?1", id);
        write_attempt_state(connection_, id, {});
        old.reset();
        before = {};
        if (now) {
            now = derive(*row, archive->id, archive->max_attempts, std::nullopt);
            settled_before = false;
        }
    }
    if (!now) return;
    if (const auto size = sizes_.find(id); size != sizes_.end()) now->size = size->second;
    if (old == now) {
        if (its_turn == turn::of_first_index) count_once(*now, 1);
        return;
    }
    const bool announced = settled_before && !old && before.vanished > 0;
    const bool enters_verified = is_verified(now->state) && !(old && is_verified(old->state));
    if (enters_verified) timecodes_.settled(*now, row->copied);
    timecodes_.judge_lateness(old, *now, settled_before, announced || keeps_finalized_.contains(id));
    // What another program calls verified was written at a time that nobody knows.
    if (enters_verified && old && old->state == row_state::ignored)
        list_taken_back(connection_, *row);
    else if (enters_verified && !known && its_turn != turn::of_first_index)
        list_if_doubtful(connection_, *row, true);
    if (!old) return enter(*now, promised_to_readers(*archive, *row), settled_before, its_turn);
    count(*old, -1, its_turn);
    update_side_row(connection_, *now);
    count(*now, 1, its_turn);
    if (old->timestamp < now->timestamp) blocks_.add(*now);
    if (enters_verified) news_[now->archive].last_copied = id;
}

// A row that was not there before.
void change_index::enter(const side_row& row, epoch_seconds finalized_until, bool settled_before,
                         turn its_turn) {
    insert_side_row(connection_, row);
    count(row, 1, its_turn);
    blocks_.add(row);
    auto& news = news_[row.archive];
    if (is_verified(row.state)) news.last_copied = row.id;
    news.last_added = std::max(news.last_added, row.id);
    if (settled_before) return;
    ++news.registered;
    if (row.timestamp < finalized_until - back_dated_tolerance)
        record_event(connection_, row.archive, row.id, archive_event::back_dated);
}

// The first index sets the counters of archives to 0 and counts each row when its turn comes, whatever is
// known of it by then.
void change_index::count(const side_row& row, int sign, turn its_turn) {
    timecodes_.count(row, sign);
    if (its_turn == turn::of_first_index ? sign > 0 : !in_first_index(row.id)) count_once(row, sign);
}

void change_index::count_once(const side_row& row, int sign) {
    counters_.add(row, sign);
    deletable_.add(row, sign);
}

void change_index::inserted(const file_row& row) {
    taken_in_.insert(row.id);
    if (!highest_side_row_) highest_side_row_ = connection_.number("SELECT max(file_id) FROM suprsync_files");
    // SQLite uses ids again: an earlier row's side row may stand there.
    if (row.id <= *highest_side_row_ || in_first_index(row.id)) return take_in(row.id, &row, nullptr);
    const auto& archive = archives_.ensure(row.archive_name);
    auto side = derive(row, archive.id, archive.max_attempts, std::nullopt);
    if (const auto known = sizes_.find(row.id); known != sizes_.end()) side.size = known->second;
    timecodes_.judge_lateness(std::nullopt, side, false, false);
    enter(side, promised_to_readers(archive, row), false, turn::any);
    highest_side_row_ = row.id;
}

void change_index::changed(const file_row& row, const attempt_state& state) {
    taken_in_.insert(row.id);
    take_in(row.id, &row, &state);
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
    counters_.write(connection_);
    deletable_.write(connection_);
    for (const auto& [id, news] : news_)
        connection_.run(
            R"(UPDATE suprsync_archives SET registered = registered + ?2, last_added = max(last_added, ?3),
            last_copied = CASE ?4 WHEN 0 THEN last_copied ELSE ?4 END WHERE id = ?1)",
            id, news.registered, news.last_added, news.last_copied);
    news_.clear();
    timecodes_.write();
    blocks_.write(connection_);
}

void block_updates::add(const side_row& row) {
    auto block = block_of(row.id);
    for (int level = 0; level < block_levels; ++level, block = block_of(block)) {
        const auto [place, fresh] = newest_.try_emplace(
            {row.archive, level, block, row.remote_key >> remote_hash_bits}, row.timestamp);
        if (!fresh) place->second = std::max(place->second, row.timestamp);
    }
}

void block_updates::write(sqlite_connection& connection) {
    for (const auto& [place, newest] : newest_) {
        const auto& [archive, level, block, timecode] = place;
        connection.run(
            R"(INSERT INTO suprsync_blocks (archive_id, level, block, timecode, newest) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET newest = excluded.newest WHERE excluded.newest > newest)",
            archive, level, block, timecode, newest);
    }
    newest_.clear();
}

bool has_changes(sqlite_connection& connection) {
    return connection.number(
               R"(SELECT EXISTS (SELECT 1 FROM suprsync_changes) OR EXISTS (SELECT 1 FROM suprsync_timecode_changes))") !=
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

// Writes what became of files, copied or deleted, each only while its row is still the one that was
// read.
#include <algorithm>
#include <span>

#include "engine/model/text.hpp"
#include "storage/catalog/catalog_impl.hpp"
#include "storage/catalog/unsynced.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/real_names.hpp"
#include "storage/index/side_rows.hpp"
#include "storage/index/unproved.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Most rows that one transaction records (spec, Copying).
constexpr std::size_t most_recorded_at_once = 500;

bool same_file(const file_row& a, const file_row& b) {
    return a.local_path == b.local_path && a.archive_name == b.archive_name && a.remote_path == b.remote_path;
}

// NULLs of `failed_copy_attempts` and `ignore` stay where the value stays.
void update_row(sqlite_connection& connection, const file_row& before, const file_row& after) {
    if (before == after) return;
    connection.run(
        R"(UPDATE supersync_v0 SET
        local_md5sum = ?2, remote_md5sum = ?3, copied = ?4, removed = ?5,
        failed_copy_attempts = CASE WHEN ?7 THEN ?6 ELSE failed_copy_attempts END,
        "ignore" = CASE WHEN ?8 THEN 1 ELSE "ignore" END
        WHERE id = ?1)",
        after.id, after.local_md5sum, after.remote_md5sum, after.copied, after.removed,
        after.failed_copy_attempts, after.failed_copy_attempts != before.failed_copy_attempts,
        after.ignore && !before.ignore);
}

void record_attempt(attempt_state& known, const file_outcome& o, const file_row& after) {
    known.sent_before = true;
    known.compare = known.compare || o.compare;
    known.not_before = o.next_attempt;
    known.attempts_then = o.next_attempt ? after.failed_copy_attempts : 0;
    known.identity.reset();
    known.identity_md5 = 0;
}

void record_verified(attempt_state& known, const file_outcome& o, const file_row& after) {
    known.sent_before = false;
    known.compare = false;
    known.not_before.reset();
    known.attempts_then = 0;
    known.identity = o.identity;
    known.identity_md5 = o.identity && !o.hash_before_deletion ? text_key(after.local_md5sum) : 0;
}

void record_one(sqlite_connection& connection, change_index& index, const file_outcome& o) {
    const auto row = find_row(connection, o.seen.id);
    if (!row || !same_file(*row, o.seen)) return;
    const bool same_content = row->local_md5sum == o.seen.local_md5sum;
    const bool verified =
        o.verified && !row->ignore && !row->removed && (same_content || row->local_md5sum == o.local_md5sum);
    // Somebody else settled it meanwhile: an attempt that failed says nothing about that.
    if (!o.verified && is_verified(*row)) return;

    auto after = *row;
    auto known = find_attempt_state(connection, row->id);
    if (o.local_md5sum && same_content) after.local_md5sum = *o.local_md5sum;
    if (!o.verified || verified) {
        if (o.remote_md5sum) after.remote_md5sum = o.remote_md5sum;
        if (o.copied) after.copied = o.copied;
    }
    // Equal sums mean "verified" to everybody who reads the row: only what is published may have them.
    if (!verified && is_verified(after)) after.remote_md5sum.reset();
    after.failed_copy_attempts += o.attempts_lost;
    if (o.fail_for_good)
        after.failed_copy_attempts =
            std::max(after.failed_copy_attempts, index.archives().ensure(row->archive_name).max_attempts);
    if (o.ignore_reason) {
        after.ignore = true;
        known.ignore_reason = o.ignore_reason;
    }
    if (o.error) {
        known.last_error = o.error->empty() ? std::nullopt : o.error;
        known.last_error_at = o.error->empty() ? 0 : o.error_at;
    }
    if (verified) {
        record_verified(known, o, after);
        list_if_doubtful(connection, after, o.written_before);
        if (o.read_anew)
            list_after_new_start(connection, after);
        else
            note_unsynced(connection, after);
    } else {
        record_attempt(known, o, after);
    }
    update_row(connection, *row, after);
    write_attempt_state(connection, row->id, known);
    if (verified) record_real_name(connection, after, o.real_path);
    if (o.size) index.has_size(row->id, *o.size);
    index.changed(after, known);
}

void record_one(sqlite_connection& connection, change_index& index, const deletion_record& r) {
    const auto row = find_row(connection, r.seen.id);
    if (!row || !same_file(*row, r.seen)) return;
    auto after = *row;
    auto known = find_attempt_state(connection, row->id);
    const auto pending_again = [&] {
        after.remote_md5sum.reset();
        after.copied.reset();
        known.identity.reset();
        known.identity_md5 = 0;
        known.not_before.reset();
        known.attempts_then = 0;
        // Verified after the limit was lowered, or by somebody with another one: it is copied all the same.
        if (after.failed_copy_attempts >= index.archives().ensure(row->archive_name).max_attempts)
            after.failed_copy_attempts = 0;
    };
    const auto keep_error = [&] {
        if (r.error.empty()) return;
        known.last_error = r.error;
        known.last_error_at = r.at;
    };
    const bool deleted = r.outcome == deletion_outcome::deleted || r.outcome == deletion_outcome::gone;
    // What was found holds for the content that was checked.
    if (!deleted && (!is_verified(*row) || row->local_md5sum != r.seen.local_md5sum || row->removed)) return;
    switch (r.outcome) {
        case deletion_outcome::deleted:
            after.removed = r.at;
            known = {};
            connection.run("DELETE FROM suprsync_removals WHERE file_id = ?1", row->id);
            break;
        case deletion_outcome::gone:
            after.removed = 0.0;
            known = {};
            break;
        case deletion_outcome::vanished:
            pending_again();
            keep_error();
            known.vanished += r.went_with_power ? 0 : 1;
            known.sent_before = true;
            index.keeps_finalized(row->id);
            break;
        case deletion_outcome::lost_again:
            pending_again();
            keep_error();
            ++known.vanished;
            after.failed_copy_attempts =
                std::max(after.failed_copy_attempts, index.archives().ensure(row->archive_name).max_attempts);
            index.keeps_finalized(row->id);
            break;
        case deletion_outcome::new_version:
            pending_again();
            keep_error();
            after.local_md5sum.clear();
            break;
        case deletion_outcome::sent_by_hand:
            pending_again();
            keep_error();
            after.failed_copy_attempts = 0;
            // The next attempt asks the destination first.
            known.sent_before = true;
            index.keeps_finalized(row->id);
            break;
        case deletion_outcome::postponed:
            keep_error();
            known.not_before = r.again_at;
            known.attempts_then = after.failed_copy_attempts;
            break;
    }
    update_row(connection, *row, after);
    write_attempt_state(connection, row->id, known);
    if (r.size) index.has_size(row->id, *r.size);
    index.changed(after, known);
}

}  // namespace

template <class Record>
asio::awaitable<result<void>> sqlite_catalog::record_in_parts(std::vector<Record> records) {
    for (std::size_t at = 0; at < records.size(); at += most_recorded_at_once) {
        const auto part =
            std::span(records).subspan(at, std::min(most_recorded_at_once, records.size() - at));
        const auto work = [part](sqlite_connection& connection, change_index& index) -> result<void> {
            for (const auto& r : part) record_one(connection, index, r);
            return {};
        };
        auto recorded = co_await write(work);
        if (!recorded) co_return recorded;
    }
    co_return result<void>{};
}

asio::awaitable<result<void>> sqlite_catalog::record(std::vector<file_outcome> outcomes) {
    return record_in_parts(std::move(outcomes));
}

asio::awaitable<result<void>> sqlite_catalog::record_deletions(std::vector<deletion_record> records) {
    return record_in_parts(std::move(records));
}

}  // namespace suprsync

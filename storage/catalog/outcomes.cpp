#include "storage/catalog/outcomes.hpp"

#include <algorithm>

#include "engine/model/text.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"

namespace suprsync {

namespace {

bool same_file(const file_row& a, const file_row& b) {
    return a.local_path == b.local_path && a.archive_name == b.archive_name && a.remote_path == b.remote_path;
}

// NULLs of `failed_copy_attempts` and `ignore` stay where the value stays.
void update_row(sqlite_connection& connection, const file_row& before, const file_row& after) {
    if (before == after) return;
    connection.run(
        "UPDATE supersync_v0 SET local_md5sum = ?2, remote_md5sum = ?3, copied = ?4, removed = ?5, failed_copy_attempts = CASE WHEN ?7 THEN ?6 ELSE failed_copy_attempts END, \"ignore\" = CASE WHEN ?8 THEN 1 ELSE \"ignore\" END WHERE id = ?1",
        after.id, after.local_md5sum, after.remote_md5sum, after.copied, after.removed,
        after.failed_copy_attempts, after.failed_copy_attempts != before.failed_copy_attempts,
        after.ignore && !before.ignore);
}

// Taken into account in what is noted of the file: tried, but not as verified.
void note_attempt(file_notes& notes, const file_outcome& o, const file_row& after) {
    notes.sent_before = true;
    notes.compare = notes.compare || o.compare;
    notes.not_before = o.next_attempt;
    notes.attempts_then = o.next_attempt ? after.failed_copy_attempts : 0;
    notes.identity.reset();
    notes.identity_md5 = 0;
}

void record_verified(file_notes& notes, const file_outcome& o, const file_row& after) {
    notes.sent_before = false;
    notes.compare = false;
    notes.not_before.reset();
    notes.attempts_then = 0;
    notes.identity = o.identity;
    notes.identity_md5 = o.identity ? text_key(after.local_md5sum) : 0;
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
    auto notes = find_notes(connection, row->id);
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
        notes.ignore_reason = o.ignore_reason;
    }
    if (o.error) {
        notes.last_error = o.error->empty() ? std::nullopt : o.error;
        notes.last_error_at = o.error->empty() ? 0 : o.error_at;
    }
    if (verified)
        record_verified(notes, o, after);
    else
        note_attempt(notes, o, after);
    update_row(connection, *row, after);
    write_notes(connection, row->id, notes);
    if (o.size) index.has_size(row->id, *o.size);
    index.changed(after, notes);
}

void record_one(sqlite_connection& connection, change_index& index, const deletion_record& r) {
    const auto row = find_row(connection, r.seen.id);
    if (!row || !same_file(*row, r.seen)) return;
    auto after = *row;
    auto notes = find_notes(connection, row->id);
    const auto pending_again = [&] {
        after.remote_md5sum.reset();
        after.copied.reset();
        notes.identity.reset();
        notes.identity_md5 = 0;
        notes.not_before.reset();
        notes.attempts_then = 0;
        // Verified after the limit was lowered, or by somebody with another one: it is copied all the same.
        if (after.failed_copy_attempts >= index.archives().ensure(row->archive_name).max_attempts)
            after.failed_copy_attempts = 0;
    };
    const auto keep_error = [&] {
        if (r.error.empty()) return;
        notes.last_error = r.error;
        notes.last_error_at = r.at;
    };
    const bool deleted = r.outcome == deletion_outcome::deleted || r.outcome == deletion_outcome::gone;
    // What was found holds for the content that was looked at.
    if (!deleted && (!is_verified(*row) || row->local_md5sum != r.seen.local_md5sum || row->removed)) return;
    switch (r.outcome) {
        case deletion_outcome::deleted:
            after.removed = r.at;
            notes = {};
            break;
        case deletion_outcome::gone:
            after.removed = 0.0;
            notes = {};
            break;
        case deletion_outcome::vanished:
            pending_again();
            keep_error();
            ++notes.vanished;
            index.keeps_finalized(row->id);
            break;
        case deletion_outcome::lost_again:
            pending_again();
            keep_error();
            ++notes.vanished;
            after.failed_copy_attempts =
                std::max(after.failed_copy_attempts, index.archives().ensure(row->archive_name).max_attempts);
            index.keeps_finalized(row->id);
            break;
        case deletion_outcome::new_version:
            pending_again();
            keep_error();
            after.local_md5sum.clear();
            break;
        case deletion_outcome::postponed:
            keep_error();
            notes.not_before = r.again_at;
            notes.attempts_then = after.failed_copy_attempts;
            break;
    }
    update_row(connection, *row, after);
    write_notes(connection, row->id, notes);
    if (r.size) index.has_size(row->id, *r.size);
    index.changed(after, notes);
}

template <class Records>
result<void> record_all(sqlite_connection& connection, const Records& records) {
    return decide_up_to_date(connection, [&](change_index& index) -> result<void> {
        for (const auto& r : records) record_one(connection, index, r);
        return {};
    });
}

}  // namespace

result<void> record_outcomes(sqlite_connection& connection, std::span<const file_outcome> outcomes) {
    return record_all(connection, outcomes);
}

result<void> record_deletions(sqlite_connection& connection, std::span<const deletion_record> records) {
    return record_all(connection, records);
}

}  // namespace suprsync

#include "storage/index/attempt_state.hpp"

#include <bit>

#include "engine/model/text.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

std::optional<file_identity> file_notes::identity_of(const file_row& row) const {
    if (!identity || identity_md5 != text_key(row.local_md5sum)) return std::nullopt;
    return identity;
}

file_notes find_notes(sqlite_connection& connection, file_id id) {
    auto q = connection.ask(
        "SELECT last_error, last_error_at, not_before, attempts_then, ignore_reason, compare, sent_before, vanished, device, inode, size, mtime_ns, md5_key FROM suprsync_notes WHERE file_id = ?1",
        id);
    file_notes notes;
    if (!q.next()) return notes;
    notes.last_error = q.maybe_text(0);
    notes.last_error_at = q.real(1);
    notes.not_before = q.maybe_real(2);
    notes.attempts_then = static_cast<int>(q.integer(3));
    notes.ignore_reason = q.maybe_text(4);
    notes.compare = q.integer(5) != 0;
    notes.sent_before = q.integer(6) != 0;
    notes.vanished = static_cast<int>(q.integer(7));
    if (!q.null(8))
        notes.identity =
            file_identity{static_cast<std::uint64_t>(q.integer(8)), static_cast<std::uint64_t>(q.integer(9)),
                          static_cast<std::uint64_t>(q.integer(10)), q.integer(11)};
    notes.identity_md5 = q.integer(12);
    return notes;
}

void write_notes(sqlite_connection& connection, file_id id, const file_notes& notes) {
    if (notes == file_notes{}) return connection.run("DELETE FROM suprsync_notes WHERE file_id = ?1", id);
    std::optional<std::int64_t> device, inode, size, mtime_ns;
    if (notes.identity) {
        // SQLite's integers are signed: the bits are kept.
        device = std::bit_cast<std::int64_t>(notes.identity->device);
        inode = std::bit_cast<std::int64_t>(notes.identity->inode);
        size = std::bit_cast<std::int64_t>(notes.identity->size);
        mtime_ns = notes.identity->mtime_ns;
    }
    connection.run(
        "INSERT OR REPLACE INTO suprsync_notes (file_id, last_error, last_error_at, not_before, attempts_then, ignore_reason, compare, sent_before, vanished, device, inode, size, mtime_ns, md5_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        id, notes.last_error, notes.last_error_at, notes.not_before, notes.attempts_then, notes.ignore_reason,
        notes.compare, notes.sent_before, notes.vanished, device, inode, size, mtime_ns, notes.identity_md5);
}

}  // namespace suprsync

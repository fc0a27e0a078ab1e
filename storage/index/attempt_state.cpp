#include "storage/index/attempt_state.hpp"

#include <bit>

#include "engine/model/text.hpp"
#include "storage/index/real_names.hpp"
#include "storage/index/side_rows.hpp"

namespace suprsync {

std::optional<file_identity> attempt_state::identity_of(const file_row& row) const {
    if (!identity || identity_md5 != text_key(row.local_md5sum)) return std::nullopt;
    return identity;
}

attempt_state find_attempt_state(sqlite_connection& connection, file_id id) {
    auto q = connection.ask(
        R"(SELECT last_error, last_error_at, not_before, attempts_then, ignore_reason, compare, sent_before, vanished,
            device, inode, size, mtime_ns, md5_key
            FROM suprsync_notes WHERE file_id = ?1)",
        id);
    attempt_state state;
    if (!q.next()) return state;
    state.last_error = q.maybe_text(0);
    state.last_error_at = q.real(1);
    state.not_before = q.maybe_real(2);
    state.attempts_then = static_cast<int>(q.integer(3));
    state.ignore_reason = q.maybe_text(4);
    state.compare = q.integer(5) != 0;
    state.sent_before = q.integer(6) != 0;
    state.vanished = static_cast<int>(q.integer(7));
    if (!q.null(8))
        state.identity =
            file_identity{static_cast<std::uint64_t>(q.integer(8)), static_cast<std::uint64_t>(q.integer(9)),
                          static_cast<std::uint64_t>(q.integer(10)), q.integer(11)};
    state.identity_md5 = q.integer(12);
    return state;
}

void write_attempt_state(sqlite_connection& connection, file_id id, const attempt_state& state) {
    if (state == attempt_state{}) {
        connection.run("DELETE FROM suprsync_notes WHERE file_id = ?1", id);
        return forget_real_name(connection, id);
    }
    std::optional<std::int64_t> device, inode, size, mtime_ns;
    if (state.identity) {
        // SQLite's integers are signed: the bits are kept.
        device = std::bit_cast<std::int64_t>(state.identity->device);
        inode = std::bit_cast<std::int64_t>(state.identity->inode);
        size = std::bit_cast<std::int64_t>(state.identity->size);
        mtime_ns = state.identity->mtime_ns;
    }
    connection.run(
        R"(INSERT OR REPLACE INTO suprsync_notes (file_id, last_error, last_error_at, not_before, attempts_then,
            ignore_reason, compare, sent_before, vanished, device, inode, size, mtime_ns, md5_key)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))",
        id, state.last_error, state.last_error_at, state.not_before, state.attempts_then, state.ignore_reason,
        state.compare, state.sent_before, state.vanished, device, inode, size, mtime_ns, state.identity_md5);
}

}  // namespace suprsync

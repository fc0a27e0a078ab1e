#include "storage/catalog/hand_changes.hpp"

#include "storage/catalog/file_views.hpp"
#include "storage/index/attempt_state.hpp"
#include "storage/index/change_index.hpp"

namespace suprsync {

namespace {

bool retry_one(sqlite_connection& connection, change_index& index, const retry_request& request, file_id id) {
    const auto row = find_row(connection, id);
    if (!row || (request.archive && row->archive_name != *request.archive) ||
        (request.remote_prefix && !row->remote_path.starts_with(*request.remote_prefix)))
        return false;
    // What is gone here cannot be tried again, whatever attempts it has.
    const int max_attempts = index.archives().ensure(row->archive_name).max_attempts;
    auto fresh = *row;
    fresh.failed_copy_attempts = 0;
    if (state_of(fresh, max_attempts) != row_state::pending) return false;
    auto notes = find_notes(connection, id);
    if (row->failed_copy_attempts == 0 && !notes.not_before_of(*row)) return false;
    notes.not_before.reset();
    notes.attempts_then = 0;
    connection.run(
        "UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id = ?1 AND failed_copy_attempts <> 0", id);
    write_notes(connection, id, notes);
    index.touch(id);
    return true;
}

}  // namespace

result<std::int64_t> retry_files(sqlite_connection& connection, const retry_request& request,
                                 const std::vector<file_id>& ids) {
    return decide_up_to_date(connection, [&](change_index& index) -> result<std::int64_t> {
        std::int64_t retried = 0;
        for (const auto id : ids) retried += retry_one(connection, index, request, id) ? 1 : 0;
        return retried;
    });
}

result<std::optional<file_view>> change_file(sqlite_connection& connection, file_id id,
                                             const file_change& change) {
    auto changed = decide_up_to_date(connection, [&](change_index& index) -> result<bool> {
        const auto row = find_row(connection, id);
        if (!row) return false;
        if (change.ignore) {
            auto notes = find_notes(connection, id);
            if (!*change.ignore)
                notes.ignore_reason.reset();
            else if (!row->ignore || !change.ignore_reason.empty())
                notes.ignore_reason = change.ignore_reason.empty()
                                          ? std::nullopt
                                          : std::optional<std::string>(change.ignore_reason);
            if (row->ignore != *change.ignore)
                connection.run("UPDATE supersync_v0 SET \"ignore\" = ?2 WHERE id = ?1", id, *change.ignore);
            write_notes(connection, id, notes);
        }
        if (change.deletable && row->deletable != *change.deletable)
            connection.run("UPDATE supersync_v0 SET deletable = ?2 WHERE id = ?1", id, *change.deletable);
        index.touch(id);
        return true;
    });
    if (!changed) return changed.error();
    return find_file(connection, id);
}

}  // namespace suprsync

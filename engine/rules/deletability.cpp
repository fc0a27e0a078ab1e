#include "engine/rules/deletability.hpp"

#include "engine/rules/row_state.hpp"

namespace suprsync {

deletability judge_deletability(const file_row& row, epoch_seconds registered_before, other_rows others) {
    if (row.removed) return deletability::removed;
    if (row.ignore) return deletability::ignored;
    if (!row.deletable) return deletability::kept;
    if (!is_verified(row)) return deletability::not_verified;
    if (others.superseded) return deletability::superseded;
    if (row.undated || !(row.timestamp < registered_before)) return deletability::too_young;
    if (others.wanted_elsewhere) return deletability::wanted_elsewhere;
    if (others.other_version) return deletability::other_version;
    return deletability::deletable;
}

bool wants_local_file(const file_row& other, const file_row& row) {
    return other.id != row.id && other.local_path == row.local_path && is_unsettled(other);
}

bool has_say(const file_row& row) { return !row.ignore && !row.removed && is_verified(row); }

bool keeps_local_file(const file_row& other, const file_row& row) {
    return other.local_path == row.local_path && keeps_file(other, row);
}

bool keeps_file(const file_row& other, const file_row& row) {
    return other.id != row.id && has_say(other) && !other.deletable;
}

bool has_other_version(const file_row& other, const file_row& row) {
    return other.local_path == row.local_path && has_other_content(other, row);
}

bool has_other_content(const file_row& other, const file_row& row) {
    // The earlier version of the same registration has yielded to this one.
    const bool yielded =
        other.id < row.id && other.archive_name == row.archive_name && other.remote_path == row.remote_path;
    return other.id != row.id && !yielded && has_say(other) && other.local_md5sum != row.local_md5sum;
}

}  // namespace suprsync

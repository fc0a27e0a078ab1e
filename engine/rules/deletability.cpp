#include "engine/rules/deletability.hpp"

#include "engine/rules/row_state.hpp"

namespace suprsync {

namespace {

bool has_other_content(const file_row& other, const file_row& row) {
    // The earlier version of the same registration has yielded to this one.
    const bool yielded =
        other.id < row.id && other.archive_name == row.archive_name && other.remote_path == row.remote_path;
    return !yielded && other.local_md5sum != row.local_md5sum;
}

objection objection_of_same_file(const file_row& other, const file_row& row, const other_row_facts& facts) {
    if (other.id == row.id) return {};
    if (is_unsettled(other)) return {.wanted = true};
    if (other.ignore || other.removed) return {};
    // A verified row: where its copy turns out to be lost, it is sent again.
    if (facts.doubtful()) return {.wanted = true};
    objection found{.wanted = !other.deletable, .other_version = has_other_content(other, row)};
    if (!found && facts.unsynced) found.wanted = facts.unsynced();
    return found && !facts.superseded() ? found : objection{};
}

}  // namespace

deletability judge_deletability(const file_row& row, epoch_seconds registered_before,
                                const row_surroundings& known) {
    if (row.removed) return deletability::removed;
    if (row.ignore) return deletability::ignored;
    if (!row.deletable) return deletability::kept;
    if (!is_verified(row)) return deletability::not_verified;
    if (known.superseded) return deletability::superseded;
    if (row.undated || !(row.timestamp < registered_before)) return deletability::too_young;
    if (known.doubtful) return deletability::doubtful;
    if (known.wanted_elsewhere) return deletability::wanted_elsewhere;
    if (known.other_version) return deletability::other_version;
    return deletability::deletable;
}

objection objection_of(const file_row& other, const file_row& row, const other_row_facts& facts) {
    return other.local_path == row.local_path ? objection_of_same_file(other, row, facts) : objection{};
}

objection objection_of_other_spelling(const file_row& other, const file_row& row,
                                      const other_row_facts& facts) {
    if (other.local_path == row.local_path || is_unsettled(other)) return {};
    return objection_of_same_file(other, row, facts);
}

}  // namespace suprsync

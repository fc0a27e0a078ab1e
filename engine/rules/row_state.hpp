// What a row of the catalog is at this moment: to be copied, failed, settled, to be deleted. Counters, lists
// of work and answers to people all go by this one rule.
#pragma once

#include "engine/model/file.hpp"

namespace suprsync {

/// The numbers are stored (suprsync_files.state), and partial indexes name them.
enum class row_state {
    pending = 0,
    failed = 1,  ///< unsettled, and no attempts left or removed
    ignored = 2,
    verified = 3,   ///< and not to be deleted
    deletable = 4,  ///< verified, may be deleted when it is old enough
    removed = 5,    ///< verified and deleted
};

inline bool is_unsettled(row_state s) { return s == row_state::pending || s == row_state::failed; }
inline bool is_verified(row_state s) { return s >= row_state::verified; }

/// local_md5sum equals remote_md5sum, and there is one.
inline bool is_verified(const file_row& row) {
    return !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
}
/// Neither ignored nor verified: somebody still waits for its copy.
inline bool is_unsettled(const file_row& row) { return !row.ignore && !is_verified(row); }

inline row_state state_of(const file_row& row, int max_attempts) {
    if (row.ignore) return row_state::ignored;
    if (is_verified(row)) {
        if (row.removed) return row_state::removed;
        return row.deletable ? row_state::deletable : row_state::verified;
    }
    return row.removed || row.failed_copy_attempts >= max_attempts ? row_state::failed : row_state::pending;
}

}  // namespace suprsync

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
bool is_verified(const file_row& row);
/// Neither ignored nor verified: somebody still waits for its copy.
bool is_unsettled(const file_row& row);

row_state state_of(const file_row& row, int max_attempts);

}  // namespace suprsync

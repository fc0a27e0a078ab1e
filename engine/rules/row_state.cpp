#include "engine/rules/row_state.hpp"

namespace suprsync {

bool is_verified(const file_row& row) {
    return !row.local_md5sum.empty() && row.remote_md5sum == row.local_md5sum;
}

bool is_unsettled(const file_row& row) { return !row.ignore && !is_verified(row); }

row_state state_of(const file_row& row, int max_attempts) {
    if (row.ignore) return row_state::ignored;
    if (is_verified(row)) {
        if (row.removed) return row_state::removed;
        return row.deletable ? row_state::deletable : row_state::verified;
    }
    return row.removed || row.failed_copy_attempts >= max_attempts ? row_state::failed : row_state::pending;
}

}  // namespace suprsync

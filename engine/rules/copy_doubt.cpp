#include "engine/rules/copy_doubt.hpp"

#include "engine/rules/copy_check.hpp"

namespace suprsync {

bool may_share_file_system(const std::optional<std::string>& one, const std::optional<std::string>& other) {
    return !one || !other || *one == *other;
}

bool is_examined(const failed_sync& failed) { return failed.proved_to >= failed.last; }

bool any_doubtful(const std::optional<failed_sync>& failed, bool any_listed) {
    return any_listed || (failed && !is_examined(*failed));
}

bool is_doubtful(const std::optional<failed_sync>& failed, file_id id, bool listed) {
    return listed || (failed && id > failed->proved_to && id <= failed->last);
}

bool is_to_be_listed(const std::optional<failed_sync>& failed, file_id id, bool written_before) {
    return failed && (written_before || id <= failed->proved_to);
}

bool has_copy_of_its_own(const file_row& row, bool superseded) {
    return is_to_be_there(row, superseded) && !row.removed;
}

}  // namespace suprsync

#include "engine/rules/claims.hpp"

#include <fmt/format.h>

namespace suprsync {

claim judge_claim(const file_row& row, const std::vector<claimant>& claimants) {
    const claimant* lowest = nullptr;     // lowest id below ours that is not ignored: it holds the path
    const claimant* successor = nullptr;  // highest id of the same local file
    const claimant* delivered = nullptr;  // newest delivered earlier version
    for (const auto& other : claimants) {
        if (other.id == row.id) continue;
        if (other.id < row.id && !other.ignore && (!lowest || other.id < lowest->id)) lowest = &other;
        if (other.local_path != row.local_path) continue;
        if (other.id > row.id && !other.ignore && (!successor || other.id > successor->id))
            successor = &other;
        if (other.id < row.id && other.verified && (!delivered || other.id > delivered->id))
            delivered = &other;
    }
    claim result;
    if (lowest && lowest->local_path != row.local_path) {
        result.decision = claim::verdict::conflict;
        result.reason = fmt::format(
            "the destination path {} belongs to another local file, {} (id {}, archive {}): ignore that row, or register this file under another remote path",
            row.remote_path, lowest->local_path, lowest->id, lowest->archive_name);
    } else if (successor) {
        result.decision = claim::verdict::superseded;
        result.reason =
            fmt::format("superseded by a later registration of the same file (id {})", successor->id);
    } else if (delivered) {
        result.supersedes_md5 = delivered->remote_md5sum;
    }
    return result;
}

}  // namespace suprsync

#include "engine/rules/claims.hpp"

#include <fmt/format.h>

#include <limits>

#include "engine/rules/row_state.hpp"

namespace suprsync {

namespace {

// The highest id of the same local file, above the row's own, that is not ignored.
const claimant* successor_of(const file_row& row, const std::vector<claimant>& claimants) {
    const claimant* successor = nullptr;
    for (const auto& other : claimants)
        if (other.id > row.id && !other.ignore && other.local_path == row.local_path &&
            (!successor || other.id > successor->id))
            successor = &other;
    return successor;
}

// An unsettled registration that says the same as far as both know.
bool is_identical(const claimant& other, const registration& file) {
    return !other.ignore && !other.verified && other.local_path == file.local_path &&
           other.archive_name == file.archive_name &&
           (other.local_md5sum == file.local_md5sum || other.local_md5sum.empty() ||
            file.local_md5sum.empty());
}

}  // namespace

claimant claimant_of(const file_row& row) {
    claimant c;
    c.id = row.id;
    c.archive_name = row.archive_name;
    c.local_path = row.local_path;
    c.local_md5sum = row.local_md5sum;
    c.ignore = row.ignore;
    c.verified = is_verified(row);
    c.remote_md5sum = row.remote_md5sum.value_or("");
    return c;
}

claim judge_claim(const file_row& row, const std::vector<claimant>& claimants) {
    const claimant* owner = nullptr;      // lowest id below ours that is not ignored
    const claimant* delivered = nullptr;  // newest delivered earlier version
    for (const auto& other : claimants) {
        if (other.id >= row.id) continue;
        if (!other.ignore && (!owner || other.id < owner->id)) owner = &other;
        if (other.local_path == row.local_path && other.verified && (!delivered || other.id > delivered->id))
            delivered = &other;
    }
    claim result;
    if (owner && owner->local_path != row.local_path) {
        result.decision = claim::verdict::conflict;
        result.reason = fmt::format(
            "the destination path {} belongs to another local file, {} (id {}, archive {}): ignore that row, or register this file under another remote path",
            row.remote_path, owner->local_path, owner->id, owner->archive_name);
    } else if (const auto* successor = successor_of(row, claimants)) {
        result.decision = claim::verdict::superseded;
        result.reason = superseded_by(successor->id);
    } else if (delivered) {
        result.supersedes_md5 = delivered->remote_md5sum;
    }
    return result;
}

std::string superseded_by(file_id newer) {
    return fmt::format("superseded by a later registration of the same file (id {})", newer);
}

bool is_superseded(const file_row& row, const std::vector<claimant>& claimants) {
    return successor_of(row, claimants) != nullptr;
}

bool is_same_registration(const file_row& one, const file_row& other) {
    return one.local_path == other.local_path && one.archive_name == other.archive_name &&
           one.remote_path == other.remote_path && one.local_md5sum == other.local_md5sum;
}

bool may_be_published(const file_row& seen, const file_row& now, const std::vector<claimant>& claimants) {
    return is_same_registration(now, seen) && !now.ignore && !now.removed &&
           judge_claim(now, claimants).decision == claim::verdict::owns;
}

registration_claim judge_registration(const registration& file, std::vector<claimant> claimants) {
    registration_claim result;
    if (claimants.empty()) return result;
    file_row newest;
    newest.id = std::numeric_limits<file_id>::max();
    newest.local_path = file.local_path;
    newest.remote_path = file.remote_path;
    const auto is_conflict = [&] {
        auto judged = judge_claim(newest, claimants);
        if (judged.decision != claim::verdict::conflict) return false;
        result.decision = registration_claim::verdict::conflict;
        result.reason = std::move(judged.reason);
        return true;
    };
    if (is_conflict()) return result;
    for (const auto& other : claimants) {
        if (!is_identical(other, file) || other.id < result.identical) continue;
        result.decision = registration_claim::verdict::existed;
        result.identical = other.id;
    }
    if (result.decision == registration_claim::verdict::existed) return result;
    // Without our older versions the path may be another's.
    for (auto& other : claimants) {
        if (other.ignore || other.verified || other.local_path != file.local_path) continue;
        other.ignore = true;
        result.supersedes.push_back(other.id);
    }
    if (is_conflict()) result.supersedes.clear();
    return result;
}

}  // namespace suprsync

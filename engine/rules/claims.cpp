#include "engine/rules/claims.hpp"

#include <fmt/format.h>

#include "engine/rules/registration_rules.hpp"
#include "engine/rules/row_state.hpp"

namespace suprsync {

namespace {

// The highest id of the same local file, above the row's own, that is not ignored.
const claimant* successor_of(const file_row& row, const std::vector<claimant>& claimants) {
    const claimant* successor = nullptr;
    for (const auto& other : claimants)
        if (other.id > row.id && !other.ignore && is_one_local_path(other.local_path, row.local_path) &&
            (!successor || other.id > successor->id))
            successor = &other;
    return successor;
}

// Whether the claim of the one is older: what was delivered and proved is no other file's to replace.
bool goes_before(const claimant& one, const claimant& other) {
    return one.verified != other.verified ? one.verified : one.id < other.id;
}

std::string conflict_with(const claimant& owner, const file_row& row) {
    const auto called = owner.remote_path == row.remote_path
                            ? ""
                            : fmt::format(" of archive {}, which is {} of archive {},", row.archive_name,
                                          owner.remote_path, owner.archive_name);
    return fmt::format(
        "the destination path {}{} belongs to another local file, {} (id {}, archive {}): ignore that row, or register this file under another remote path",
        row.remote_path, called, owner.local_path, owner.id, owner.archive_name);
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
    c.remote_path = row.remote_path;
    return c;
}

claim judge_claim(const file_row& row, const std::vector<claimant>& claimants) {
    const auto self = claimant_of(row);
    const claimant* owner = &self;
    const claimant* delivered = nullptr;  // newest delivered earlier version
    for (const auto& other : claimants) {
        if (!other.ignore && goes_before(other, *owner)) owner = &other;
        if (other.id < row.id && is_one_local_path(other.local_path, row.local_path) && other.verified &&
            (!delivered || other.id > delivered->id))
            delivered = &other;
    }
    claim result;
    if (!is_one_local_path(owner->local_path, row.local_path)) {
        result.decision = claim::verdict::conflict;
        result.reason = conflict_with(*owner, row);
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

}  // namespace suprsync

// Who may write a destination path: the decision over all rows for one file at the destination (spec, Claims
// and versions). Rows that are in the catalog, rows that are about to be published, and new registrations
// (engine/rules/registration_rules.hpp) are judged by the same rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/rows.hpp"

namespace suprsync {

/// The row as the rule sees it among others of its path.
claimant claimant_of(const file_row& row);

struct claim {
    enum class verdict {
        owns,        ///< copy it
        superseded,  ///< a later registration of the same local file takes its place: ignore = 1
        conflict,    ///< another local file owns the path: failed for good
    };
    verdict decision = verdict::owns;
    std::string reason;                         ///< for people, where it does not own the path
    std::optional<std::string> supersedes_md5;  ///< content of the newest earlier version that was delivered
};

/// Judges one row among the claimants of its path (rows for the same file at the destination; the row itself
/// may be among them). Of those that are not ignored, the lowest id that is verified, or else the lowest,
/// owns the path for its local file; among rows of that local file the highest id wins.
claim judge_claim(const file_row& row, const std::vector<claimant>& claimants);

/// Why a row is ignored whose file was registered again with this id; for people.
std::string superseded_by(file_id newer);

/// Whether a later row that is not ignored sends the same local file to the same path: that one decides.
bool is_superseded(const file_row& row, const std::vector<claimant>& claimants);

/// Whether both are the same row of the same file: what was seen is what is there.
bool is_same_registration(const file_row& one, const file_row& other);

/// Whether a copy of `seen` may still be published, the row being `now` by now: unchanged, neither ignored
/// nor removed, and owner of its path.
bool may_be_published(const file_row& seen, const file_row& now, const std::vector<claimant>& claimants);

}  // namespace suprsync

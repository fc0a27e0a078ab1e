// Who may write a destination path: the decision over all rows with one remote path of one destination (spec
// 4).
#pragma once

#include <optional>
#include <string>

#include "engine/model/rows.hpp"

namespace suprsync {

struct claim {
    enum class verdict {
        owns,        ///< copy it
        superseded,  ///< a later registration of the same local file takes its place: ignore = 1
        conflict,    ///< another local file holds the path: failed for good
    };
    verdict decision = verdict::owns;
    std::string reason;                         ///< for people, where it does not hold
    std::optional<std::string> supersedes_md5;  ///< content of the newest earlier version that was delivered
};

/// Judges one row among its rivals (rows with the same remote path and destination; the row itself may be
/// among them). The lowest id that is not ignored holds the path for its local file; among rows of that local
/// file the highest id wins.
claim judge_claim(const file_row& row, const std::vector<claimant>& claimants);

}  // namespace suprsync

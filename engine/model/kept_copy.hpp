// Copies that the destination is to have, as they are asked for again: one of them, one that is not as it was
// verified, and how far the slow check of an archive has come (spec, Checking copies again, The scrub).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/rows.hpp"

namespace suprsync {

/// A file that the destination is to have (is_to_be_there()), here or deleted here.
struct kept_copy {
    file_view file;
    std::optional<removed_day> day;  ///< what is on record of its timecode, where that was removed there
};

/// One that was not found as it was verified, and is not sent again by itself.
struct bad_copy {
    kept_copy copy;
    std::string finding;  ///< as name_of(copy_finding)
    std::string reason;
    epoch_seconds found_at = 0;
};

/// Copies that were asked for again, ever: those that were as they were verified, and how many were found not
/// to be.
struct proof_counts {
    std::int64_t files = 0;
    std::int64_t bytes = 0;  ///< of the files whose size is known
    std::int64_t mismatches = 0;

    bool operator==(const proof_counts&) const = default;
};

/// A round asks for every copy of rows up to `last`, in the order of ids. No row is kept for a file: what was
/// verified before `proven_since` was asked for since then; what was verified later, was then.
struct scrub_state {
    epoch_seconds begun = 0;  ///< the round under way, or the last one; 0: there was none
    file_id reached = 0;      ///< of `last`
    file_id last = 0;
    bool over = true;                ///< no round is under way
    epoch_seconds proven_since = 0;  ///< when the last whole round began; 0: there was none
    epoch_seconds ended = 0;         ///< when it was over
    proof_counts proven{};

    bool operator==(const scrub_state&) const = default;
};

}  // namespace suprsync

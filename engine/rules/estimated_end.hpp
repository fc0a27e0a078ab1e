// When all that waits will be settled, as far as anybody can tell.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/model/file.hpp"

namespace suprsync {

/// What is left of an archive, and how fast it goes.
struct remaining_work {
    std::int64_t files = 0;   ///< waiting and in flight; without those that have failed
    std::uint64_t bytes = 0;  ///< of those whose size is known
    bool held_up = false;     ///< nothing begins: it is paused, or its destination does not answer
    /// Over the last minute, and over the last quarter of an hour.
    double bytes_per_second_1m = 0;
    double files_per_second_1m = 0;
    double bytes_per_second_15m = 0;
    double files_per_second_15m = 0;
};

/// By the rate of the last minute; where nothing moved in it, of the last quarter of an hour. By bytes or by
/// files, whichever takes longer: small files cost time of their own, and of some no size is known. None
/// where nothing is left, nothing moves, or nothing can.
std::optional<epoch_seconds> estimated_end(epoch_seconds now, const remaining_work& left);

}  // namespace suprsync

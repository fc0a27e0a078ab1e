// Times of files as one number.
#pragma once

#include <cstdint>
#include <limits>

namespace suprsync {

/// Nanoseconds since the epoch. File systems hold times that these cannot (beyond the year 2262, or as
/// another machine tells them): such a time is the nearest that can be held.
inline std::int64_t nanoseconds_of(std::int64_t seconds, std::int64_t fraction) {
    std::int64_t all = 0;
    if (!__builtin_mul_overflow(seconds, std::int64_t{1'000'000'000}, &all) &&
        !__builtin_add_overflow(all, fraction, &all))
        return all;
    return seconds < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
}

}  // namespace suprsync

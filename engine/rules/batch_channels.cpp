#include "engine/rules/batch_channels.hpp"

#include <algorithm>

namespace suprsync {

namespace {

constexpr double channel_window = 2 << 20;                      ///< bytes of a channel that may be under way
constexpr double good_link = 160e6;                             ///< bytes/s
constexpr std::uint64_t worth_a_lane = std::uint64_t{4} << 20;  ///< bytes

}  // namespace

std::size_t batch_channels(double round_trip, std::uint64_t bytes, bool limited, std::size_t most) {
    if (limited || !(round_trip > 0)) return 1;
    const double wanted = std::min(1 + round_trip * good_link / channel_window, static_cast<double>(most));
    const auto useful = std::max<std::uint64_t>(1, bytes / worth_a_lane);
    return std::max<std::size_t>(
        1, static_cast<std::size_t>(std::min<std::uint64_t>(useful, static_cast<std::uint64_t>(wanted))));
}

}  // namespace suprsync

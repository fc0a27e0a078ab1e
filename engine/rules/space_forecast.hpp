// When a disk will be full, by how its free space went in the last hours; nothing where that cannot be known.
#pragma once

#include <optional>
#include <vector>

#include "engine/model/history.hpp"

namespace suprsync {

/// Of how much time before now the line is taken.
inline constexpr double forecast_from = 3 * 3600;

/// Of the free space here or there (`&history_point::free_here`), by the points of the last hours in the
/// order of their times. None where the latest look lies more than 20 min back. A change is told where the
/// points span a sixth of the time at least and lie near a straight line, and when the disk will be full
/// where that falls, within 30 days.
std::optional<space_forecast> forecast_space(const std::vector<history_point>& points,
                                             std::optional<std::uint64_t> history_point::* free,
                                             epoch_seconds now);

}  // namespace suprsync

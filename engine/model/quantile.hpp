// Quantiles of what was counted by size.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace suprsync {

/// The `q`-quantile (0 to 1) of values that were counted between bounds: `counts[i]` of them lie above
/// `bounds[i - 1]` (0 before the first) up to `bounds[i]`, the last of `counts` above all bounds, of which
/// nothing is known but that: they stand for the last bound. Within a part they are taken as spread evenly,
/// as Prometheus' histogram_quantile has it. None where nothing was counted; `counts` is one longer than
/// `bounds`, of which there is one at least, ascending.
std::optional<double> quantile_of(std::span<const double> bounds, std::span<const std::uint64_t> counts,
                                  double q);

}  // namespace suprsync

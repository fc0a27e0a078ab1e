#include "engine/model/quantile.hpp"

#include <algorithm>
#include <numeric>

namespace suprsync {

std::optional<double> quantile_of(std::span<const double> bounds, std::span<const std::uint64_t> counts,
                                  double q) {
    const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    if (total == 0) return std::nullopt;
    const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(total);
    double below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        const auto here = static_cast<double>(counts[i]);
        if (here > 0 && below + here >= rank) {
            const double from = i == 0 ? 0 : bounds[i - 1];
            return from + (bounds[i] - from) * std::max(0.0, rank - below) / here;
        }
        below += here;
    }
    return bounds.back();
}

}  // namespace suprsync

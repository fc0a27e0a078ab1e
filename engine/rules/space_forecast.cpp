#include "engine/rules/space_forecast.hpp"

#include <algorithm>
#include <cmath>

namespace suprsync {

namespace {

constexpr double looked_lately = 20 * 60;         // s
constexpr double least_span = forecast_from / 6;  // s
constexpr std::size_t least_points = 10;
constexpr double foreseen = 30 * 86400.0;  // s: what lies further ahead is no forecast
constexpr double near_the_line = 0.8;      // part of the variance that the line explains (R^2)

struct seen_space {
    double at, free;
};

// Bytes a second, by least squares; none where the points lie on no line.
std::optional<double> slope_of(const std::vector<seen_space>& points) {
    double at = 0, free = 0;
    for (const auto& p : points) at += p.at, free += p.free;
    at /= static_cast<double>(points.size());
    free /= static_cast<double>(points.size());
    double times = 0, both = 0, sizes = 0;
    for (const auto& p : points) {
        times += (p.at - at) * (p.at - at);
        both += (p.at - at) * (p.free - free);
        sizes += (p.free - free) * (p.free - free);
    }
    if (sizes == 0) return 0;
    if (both * both < near_the_line * times * sizes) return std::nullopt;
    return both / times;
}

}  // namespace

std::optional<space_forecast> forecast_space(const std::vector<history_point>& points,
                                             std::optional<std::uint64_t> history_point::* free,
                                             epoch_seconds now) {
    std::vector<seen_space> known;
    for (const auto& p : points)
        if (p.*free && p.at >= now - forecast_from) known.push_back({p.at, static_cast<double>(*(p.*free))});
    if (known.empty() || known.back().at < now - looked_lately) return std::nullopt;
    const auto& last = known.back();
    space_forecast f{static_cast<std::uint64_t>(last.free), last.at, std::nullopt, std::nullopt};
    if (known.size() < least_points || last.at - known.front().at < least_span) return f;
    f.bytes_per_second = slope_of(known);
    if (!f.bytes_per_second || *f.bytes_per_second >= 0) return f;
    if (const auto left = last.free / -*f.bytes_per_second; left <= foreseen) f.full_in = left;
    return f;
}

}  // namespace suprsync

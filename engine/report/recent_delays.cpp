#include "engine/report/recent_delays.hpp"

#include <algorithm>

#include "engine/model/quantile.hpp"

namespace suprsync {

namespace {

constexpr double shortest = 0.1;          // s
constexpr double longest = 90 * 86400.0;  // s
constexpr double step = 1.1;

std::chrono::minutes minute_of(recent_delays::time_point now) {
    return std::chrono::floor<std::chrono::minutes>(now.time_since_epoch());
}

}  // namespace

const std::vector<double>& recent_delays::bounds() {
    static const std::vector<double> all = [] {
        std::vector<double> made;
        for (double bound = shortest; bound < longest * step; bound *= step) made.push_back(bound);
        return made;
    }();
    return all;
}

void recent_delays::observe(time_point now, double seconds) {
    const auto at = minute_of(now);
    while (!minutes_.empty() && minutes_.front().at <= at - window) minutes_.pop_front();
    if (minutes_.empty() || minutes_.back().at != at)
        minutes_.push_back({at, std::vector<std::uint64_t>(bounds().size() + 1)});
    const auto place = std::lower_bound(bounds().begin(), bounds().end(), seconds) - bounds().begin();
    ++minutes_.back().counts[static_cast<std::size_t>(place)];
}

std::optional<double> recent_delays::quantile(time_point now, double q) const {
    std::vector<std::uint64_t> counts(bounds().size() + 1);
    for (const auto& one : minutes_) {
        if (one.at <= minute_of(now) - window) continue;
        for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += one.counts[i];
    }
    return quantile_of(bounds(), counts, q);
}

}  // namespace suprsync

#include "engine/rules/history_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace suprsync {

namespace {

constexpr double one_day = 86400;
constexpr double step_choices[] = {60, 300, 900, 1800, 3600, 4 * 3600.0, one_day / 2, one_day, 7 * one_day};

double points_in(epoch_seconds from, epoch_seconds to, double step) {
    return std::ceil(to / step) - std::floor(from / step);
}

failure cannot(const std::string& archive, std::string why) {
    return {failure_code::invalid, "show the history of", "archive '" + archive + "'", std::move(why)};
}

}  // namespace

epoch_seconds step_of(epoch_seconds at, double step) { return std::floor(at / step) * step; }

epoch_seconds minutes_from(epoch_seconds now) { return step_of(now - minutes_kept, history_hour); }
epoch_seconds hours_from(epoch_seconds now) { return step_of(now - hours_kept, history_hour); }

history_point together(history_point earlier, const history_point& later) {
    earlier.seconds += later.seconds;
    earlier.sent_bytes += later.sent_bytes;
    earlier.verified_bytes += later.verified_bytes;
    earlier.verified_files += later.verified_files;
    earlier.waiting_files = later.waiting_files;
    earlier.failed_files = later.failed_files;
    earlier.verified_after.add(later.verified_after);
    if (later.free_here) earlier.free_here = later.free_here;
    if (later.free_there) earlier.free_there = later.free_there;
    return earlier;
}

void add_to_steps(std::vector<history_point>& all, const history_point& point, double step) {
    const auto at = step_of(point.at, step);
    if (!all.empty() && all.back().at == at) {
        all.back() = together(std::move(all.back()), point);
        return;
    }
    all.push_back(point);
    all.back().at = at;
}

result<history_range> choose_history_range(const history_request& request, epoch_seconds now,
                                           std::size_t most) {
    const auto to = request.to.value_or(now);
    auto from = request.from.value_or(to - one_day);
    if (from >= to)
        return cannot(
            request.archive,
            fmt::format("'from' ({:.0f}) is to lie before 'to' ({:.0f}); now is {:.0f}", from, to, now));
    // What lies further back than anything is kept would only make the steps longer.
    if (const auto oldest = hours_from(now); from < oldest && oldest < to) from = oldest;
    const auto limit = static_cast<double>(most);
    const auto* shortest = std::find_if(std::begin(step_choices), std::prev(std::end(step_choices)),
                                        [&](double step) { return points_in(from, to, step) <= limit; });
    // Beyond the longest of them: a range of times that never were.
    auto fitting = *shortest;
    while (points_in(from, to, fitting) > limit) fitting *= 2;
    const auto step = request.step.value_or(fitting);
    if (!(step >= history_minute) || std::fmod(step, history_minute) != 0)
        return cannot(request.archive,
                      fmt::format("the step ({} s) is to be a whole number of minutes, 60 s at least", step));
    if (points_in(from, to, step) > limit)
        return cannot(
            request.archive,
            fmt::format(
                "steps of {:.0f} s make more than {} points of it: ask for a shorter time, or in steps of {:.0f} s",
                step, most, fitting));
    return history_range{step_of(from, step), std::ceil(to / step) * step, step};
}

}  // namespace suprsync

#include "engine/commands/history_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/history_steps.hpp"

namespace suprsync {

namespace {

constexpr const char* block_texts[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr double highest = std::size(block_texts) - 1;
constexpr std::size_t beside_the_columns = 52;

using column_values = std::vector<std::optional<double>>;

// One value a step of the range; none where nothing is known.
column_values column_of(const archive_history& history,
                        const std::function<std::optional<double>(const history_point&)>& value) {
    const auto& range = history.range;
    column_values all(static_cast<std::size_t>((range.to - range.from) / range.step));
    for (const auto& point : history.points) {
        const auto at = static_cast<std::size_t>(std::max(0.0, (point.at - range.from) / range.step));
        if (at < all.size()) all[at] = value(point);
    }
    return all;
}

std::optional<double> last_of(const column_values& all) {
    const auto last = std::find_if(all.rbegin(), all.rend(), [](const auto& v) { return v.has_value(); });
    return last == all.rend() ? std::nullopt : *last;
}

double most_of(const column_values& all) {
    double most = 0;
    for (const auto& value : all) most = std::max(most, value.value_or(0));
    return most;
}

template <class Member>
auto figure(Member member) {
    return [member](const history_point& p) { return std::optional(static_cast<double>(p.*member)); };
}

std::optional<double> maybe(const std::optional<std::uint64_t>& bytes) {
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
}

std::string shown_files(double n) { return human::counted(static_cast<std::int64_t>(n), "file"); }

// Of short ones two figures: they are known within a tenth.
std::string latency(double seconds) {
    return seconds < 10 ? fmt::format("{:.2g} s", seconds) : human::span(seconds);
}

// "12.3 MB at last, 40.1 MB at most"
std::string range_of(const column_values& all, const std::function<std::string(double)>& shown) {
    const auto last = last_of(all);
    if (!last) return "not known";
    return fmt::format("{} at last, {} at most", shown(*last), shown(most_of(all)));
}

std::string space_of(const std::optional<space_forecast>& space) {
    if (!space) return "not known now";
    auto text = human::bytes(static_cast<double>(space->free)) + " free";
    if (space->full_in) text += fmt::format(", full in {} at this rate", human::span(*space->full_in));
    return text;
}

}  // namespace

std::string sparkline(const column_values& all) {
    const auto most = most_of(all);
    std::string line;
    for (const auto& value : all) {
        const auto height = value && most > 0 ? std::clamp(*value / most, 0.0, 1.0) * highest : 0.0;
        line += value ? block_texts[static_cast<std::size_t>(std::lround(height))] : " ";
    }
    return line;
}

std::size_t history_columns(std::size_t width) {
    return std::clamp<std::size_t>(width, beside_the_columns + 24, beside_the_columns + 200) -
           beside_the_columns;
}

std::string history_text(const archive_history& history, const std::optional<std::int64_t>& deletable) {
    auto text = fmt::format("{}: {} until {}, a column is {}", shown_name(history.archive),
                            human::span(history.range.to - history.range.from), human::date(history.range.to),
                            human::span(history.range.step));
    if (history.points.empty()) return text + "\n  nothing is known of this time";
    const auto add = [&](const char* name, const column_values& drawn, const std::string& said) {
        text += fmt::format("\n  {:<9} {}  {}", name, sparkline(drawn), said);
    };
    const auto rate = [](double r) { return human::bytes(r) + "/s"; };
    const auto sent = column_of(history, [](const history_point& p) {
        return p.seconds > 0 ? std::optional(static_cast<double>(p.sent_bytes) / p.seconds) : std::nullopt;
    });
    add("sent", sent, range_of(sent, rate));
    double verified_files = 0, verified_bytes = 0;
    latencies all;
    for (const auto& p : history.points) {
        verified_files += static_cast<double>(p.verified_files);
        verified_bytes += static_cast<double>(p.verified_bytes);
        all.add(p.verified_after);
    }
    add("verified", column_of(history, figure(&history_point::verified_files)),
        fmt::format("{}, {}", shown_files(verified_files), human::bytes(verified_bytes)));
    const auto waiting = column_of(history, figure(&history_point::waiting_files));
    add("waiting", waiting, range_of(waiting, shown_files));
    const auto failed = column_of(history, figure(&history_point::failed_files));
    if (most_of(failed) > 0) add("failed", failed, range_of(failed, shown_files));
    add("latency", column_of(history, [](const history_point& p) { return p.verified_after.quantile(0.99); }),
        all.count() == 0 ? "nothing was verified"
                         : fmt::format("half within {}, 99 of 100 within {}", latency(*all.quantile(0.5)),
                                       latency(*all.quantile(0.99))));
    add("here", column_of(history, [](const history_point& p) { return maybe(p.free_here); }),
        space_of(history.here) + (deletable ? fmt::format("; {} proven and deletable",
                                                          human::bytes(static_cast<double>(*deletable)))
                                            : ""));
    add("there", column_of(history, [](const history_point& p) { return maybe(p.free_there); }),
        space_of(history.there));
    return text;
}

}  // namespace suprsync

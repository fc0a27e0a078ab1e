#include "engine/commands/status_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/status_reading.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_of_a_message = 300;  // bytes

// Programs that read such lines take what follows a bar for figures.
std::string without_bars(std::string text) {
    std::replace(text.begin(), text.end(), '|', '/');
    return text;
}

// Sums over all daemons, in the form of monitoring plugins: name=value[unit].
std::string figures_of(const std::vector<status_snapshot>& all) {
    std::int64_t waiting = 0, in_flight = 0, failed = 0;
    std::uint64_t conditions = 0, bytes = 0;
    double rate = 0;
    for (const auto& one : all) {
        conditions += one.conditions.size();
        for (const auto& archive : one.archives) {
            waiting += archive.files_waiting;
            in_flight += archive.files_in_flight;
            failed += archive.files_failed;
            bytes += archive.bytes_waiting + archive.bytes_in_flight;
            rate += archive.bytes_per_second;
        }
    }
    return fmt::format(
        "conditions={} files_waiting={} files_in_flight={} files_failed={} bytes_to_go={}B bytes_per_second={:.0f}",
        conditions, waiting, in_flight, failed, bytes, rate);
}

std::string name_of(const condition& c) {
    return shown_name(c.kind) + (c.archive.empty() ? "" : " of " + shown_name(c.archive));
}

// What to do of the one that holds longest, and the names of the others.
std::string text_of(const std::vector<condition>& conditions, epoch_seconds at) {
    const auto oldest =
        std::min_element(conditions.begin(), conditions.end(),
                         [](const condition& a, const condition& b) { return a.since < b.since; });
    auto text = fmt::format("{}, since {}: {}", name_of(*oldest), human::age(oldest->since, at),
                            shown_line(abridged(oldest->message, most_of_a_message)));
    std::vector<std::string> others;
    for (const auto& c : conditions)
        if (&c != &*oldest) others.push_back(name_of(c));
    if (!others.empty()) text += fmt::format("; also {}", fmt::join(others, ", "));
    return text;
}

}  // namespace

check_verdict check_status(const std::vector<std::string>& answers) {
    const auto at = wall_clock();
    std::vector<status_snapshot> all;
    std::vector<std::string> lines;
    std::vector<condition> conditions;
    bool degraded = false;
    for (const auto& answer : answers) {
        auto read = read_status(answer);
        if (!read) return check_without_answer(read.error());
        lines.push_back(status_line(*read, at));
        conditions.insert(conditions.end(), read->conditions.begin(), read->conditions.end());
        degraded = degraded || read->degraded;
        all.push_back(std::move(*read));
    }
    const auto said =
        conditions.empty() ? fmt::format("{}", fmt::join(lines, "; ")) : text_of(conditions, at);
    return {degraded ? exit_code::degraded : exit_code::done,
            fmt::format("SUPRSYNC {} - {} | {}", degraded ? "WARNING" : "OK", without_bars(said),
                        figures_of(all))};
}

check_verdict check_without_answer(const failure& why) {
    return {exit_code::no_answer, "SUPRSYNC CRITICAL - " + without_bars(shown_line(why.text()))};
}

}  // namespace suprsync

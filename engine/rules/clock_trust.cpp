#include "engine/rules/clock_trust.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace suprsync {

namespace {

bool is_of_this_start(const clock_reading& here, const std::optional<trusted_clock>& last) {
    return last && last->boot == here.boot;
}

// Seconds by which the clock was set since it was last believed.
double jump_of(const clock_reading& here, const std::optional<trusted_clock>& last) {
    return is_of_this_start(here, last) ? here.set_to - last->set_to : 0;
}

bool differs_from(const clock_reading& here, const destination_clock& there) {
    return differs(ahead_by(there, here), there.uncertainty);
}

std::string time_of_day(epoch_seconds t) {
    std::tm parts{};
    const auto seconds = static_cast<std::time_t>(t);
    // What a machine says may be no time of a calendar.
    if (::gmtime_r(&seconds, &parts) == nullptr) return fmt::format("{:.0f} s since 1970", t);
    return fmt::format("{:%F %T} UTC", parts);
}

constexpr const char* until_set_right =
    ". No day is announced and no local file deleted by it until it is set right";
constexpr const char* how_to_set_it = " (timedatectl; chrony needs rtcsync), or accepted as it is";

std::string as_it_is(const clock_reading& here) {
    return fmt::format("this machine's clock says {}", time_of_day(here.now()));
}

}  // namespace

bool differs(double seconds, double uncertainty) { return std::abs(seconds) - uncertainty > clock_tolerance; }

bool is_accepted(const std::optional<trusted_clock>& last, const clock_reading& here) {
    return is_of_this_start(here, last) && last->accepted;
}

clock_state judge_clock(const clock_reading& here, const std::optional<trusted_clock>& last,
                        const std::vector<destination_clock>& others) {
    const bool jumped = std::abs(jump_of(here, last)) > clock_tolerance;
    if (here.synchronized || (!jumped && is_accepted(last, here))) return clock_state::trusted;
    const auto differs_there = [&](const destination_clock& there) { return differs_from(here, there); };
    if (!std::all_of(others.begin(), others.end(), differs_there)) return clock_state::trusted;
    if (jumped) return clock_state::jumped;
    return others.empty() ? clock_state::trusted : clock_state::unlike_destinations;
}

trusted_clock trusted_now(const clock_reading& here, const std::optional<trusted_clock>& last) {
    const bool as_accepted = is_accepted(last, here) && std::abs(jump_of(here, last)) <= clock_tolerance;
    // What a person accepted is one time, and not whatever the clock is set to in small steps from it.
    return as_accepted ? *last : trusted_clock{here.boot, here.set_to, false};
}

epoch_seconds certainly_past(const clock_reading& here, const std::optional<trusted_clock>& last,
                             const std::vector<destination_clock>& others) {
    double earlier = std::max(0.0, jump_of(here, last));
    for (const auto& there : others) earlier = std::max(earlier, -ahead_by(there, here));
    return here.now() - earlier;
}

bool may_be_ahead(clock_state state, const clock_reading& here, const std::optional<trusted_clock>& last,
                  const std::vector<destination_clock>& others) {
    return state != clock_state::trusted && here.now() - certainly_past(here, last, others) > clock_tolerance;
}

std::string describe_without_witness(const clock_reading& here) {
    return as_it_is(here) +
           ", the kernel calls it unsynchronised, and no destination has answered, whose clock could tell" +
           until_set_right + how_to_set_it + ", or a destination answers";
}

std::string describe(clock_state state, const clock_reading& here, const std::optional<trusted_clock>& last,
                     const std::vector<destination_clock>& others) {
    if (state == clock_state::trusted) return "";
    const auto unlike = std::find_if(others.begin(), others.end(),
                                     [&](const auto& there) { return differs_from(here, there); });
    std::string text = as_it_is(here);
    if (state == clock_state::jumped) {
        const double jump = jump_of(here, last);
        text += fmt::format(": it was set {} by {:.0f} s", jump > 0 ? "ahead" : "back", std::abs(jump));
    }
    text += ", the kernel calls it unsynchronised";
    if (unlike != others.end())
        text += fmt::format(", and a destination's clock says {}",
                            time_of_day(here.now() + ahead_by(*unlike, here)));
    text += may_be_ahead(state, here, last, others)
                ? until_set_right
                : ". It may be behind: days are announced and files deleted late until it is set right";
    return text + how_to_set_it;
}

}  // namespace suprsync

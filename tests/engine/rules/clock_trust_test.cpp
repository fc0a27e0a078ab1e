// Whether the clock of this machine is believed (spec, The clock): every combination of a jump, of what the
// kernel says, of what destinations say, and of what a person accepted.
#include "engine/rules/clock_trust.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(clock_trust)

namespace {

constexpr double day = 86400;
constexpr epoch_seconds set_to = 1'700'000'000;

clock_reading reading(double moved, bool synchronized = false) {
    return {"b", 5000, set_to + moved, synchronized};
}
trusted_clock seen(double moved = 0) { return {"b", set_to + moved, false}; }
trusted_clock accepted(double moved = 0) { return {"b", set_to + moved, true}; }
destination_clock elsewhere(double moved) { return {set_to + moved, 1, 5000}; }

using clocks = std::vector<destination_clock>;

std::string word(clock_state s) {
    return s == clock_state::trusted  ? "trusted"
           : s == clock_state::jumped ? "jumped"
                                      : "unlike destinations";
}
std::string judged(const clock_reading& now, const std::optional<trusted_clock>& last,
                   const clocks& others = {}) {
    return word(judge_clock(now, last, others));
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_clock_that_nothing_speaks_against_is_trusted) {
    BOOST_TEST(judged(reading(0), std::nullopt) == "trusted");
    for (const double moved : {-60.0, -1.0, 0.0, 60.0})
        BOOST_TEST(judged(reading(moved), seen()) == "trusted");
}

BOOST_AUTO_TEST_CASE(a_jump_is_one_in_either_direction_from_a_minute_on) {
    for (const double moved : {-3 * day, -61.0, 61.0, 3 * day})
        BOOST_TEST(judged(reading(moved), seen()) == "jumped");
}

BOOST_AUTO_TEST_CASE(a_clock_that_went_back_to_where_it_was_is_trusted) {
    BOOST_TEST(judged(reading(0), seen(), {elsewhere(0)}) == "trusted");
    BOOST_TEST(judged(reading(0), seen()) == "trusted");
}

BOOST_AUTO_TEST_CASE(another_start_of_the_machine_is_no_jump) {
    auto last = seen(-3 * day);
    last.boot = "a";
    BOOST_TEST(judged(reading(0), last) == "trusted");
    BOOST_TEST(judged(reading(0), last, {elsewhere(-3 * day)}) == "unlike destinations");
    last.accepted = true;
    BOOST_TEST(judged(reading(0), last, {elsewhere(-3 * day)}) == "unlike destinations");
}

BOOST_AUTO_TEST_CASE(a_jump_is_vouched_for_by_the_kernel_or_by_a_destination_elsewhere) {
    BOOST_TEST(judged(reading(day, true), seen()) == "trusted");
    BOOST_TEST(judged(reading(day), seen(), {elsewhere(day)}) == "trusted");
    BOOST_TEST(judged(reading(day), seen(), {elsewhere(0), elsewhere(day)}) == "trusted");
    BOOST_TEST(judged(reading(day, true), seen(), {elsewhere(0)}) == "trusted");
    BOOST_TEST(judged(reading(day), seen(), {elsewhere(0)}) == "jumped");
}

BOOST_AUTO_TEST_CASE(a_difference_alone_is_none_of_this_machines_while_anything_vouches_for_its_clock) {
    BOOST_TEST(judged(reading(0), seen(), {elsewhere(day)}) == "unlike destinations");
    BOOST_TEST(judged(reading(0), std::nullopt, {elsewhere(-day)}) == "unlike destinations");
    BOOST_TEST(judged(reading(0, true), seen(), {elsewhere(day)}) == "trusted");
    BOOST_TEST(judged(reading(0), seen(), {elsewhere(day), elsewhere(1)}) == "trusted");
    // Within what is known of it.
    BOOST_TEST(judged(reading(0), seen(), {{set_to + 85, 26, 0}}) == "trusted");
    BOOST_TEST(judged(reading(0), seen(), {{set_to + 85, 24, 0}}) == "unlike destinations");
}

BOOST_AUTO_TEST_CASE(what_a_person_accepted_is_trusted_whatever_speaks_against_it_until_it_is_set_again) {
    BOOST_TEST(judged(reading(3 * day), accepted(3 * day), {elsewhere(0)}) == "trusted");
    BOOST_TEST(judged(reading(3 * day + 60), accepted(3 * day), {elsewhere(0)}) == "trusted");
    BOOST_TEST(judged(reading(3 * day + 61), accepted(3 * day)) == "jumped");
    BOOST_TEST(judged(reading(0), accepted(3 * day), {elsewhere(0)}) == "trusted");
    BOOST_TEST(judged(reading(0, true), accepted(3 * day)) == "trusted");
}

BOOST_AUTO_TEST_CASE(a_person_accepts_a_clock_until_the_machine_is_started_anew) {
    BOOST_TEST(is_accepted(accepted(), reading(0)));
    BOOST_TEST(is_accepted(accepted(), reading(day)));
    BOOST_TEST(!is_accepted(seen(), reading(0)));
    BOOST_TEST(!is_accepted(trusted_clock{"a", set_to, true}, reading(0)));
    BOOST_TEST(!is_accepted(std::nullopt, reading(0)));
}

BOOST_AUTO_TEST_CASE(small_corrections_are_followed_and_what_was_accepted_stays_one_time) {
    BOOST_TEST((trusted_now(reading(50), seen()) == seen(50)));
    BOOST_TEST((trusted_now(reading(50), std::nullopt) == seen(50)));
    BOOST_TEST((trusted_now(reading(50), accepted()) == accepted()));
    BOOST_TEST((trusted_now(reading(day), accepted()) == seen(day)));
    BOOST_TEST((trusted_now(reading(0), trusted_clock{"a", set_to, true}) == seen()));
}

BOOST_AUTO_TEST_CASE(what_is_certainly_past_is_past_by_every_clock) {
    const double now = set_to + 5000;
    BOOST_TEST(certainly_past(reading(0), std::nullopt, {}) == now);
    BOOST_TEST(certainly_past(reading(3 * day), seen(), {}) == now);
    BOOST_TEST(certainly_past(reading(-3 * day), seen(), {}) == now - 3 * day);
    BOOST_TEST(certainly_past(reading(0), seen(), {elsewhere(-day), elsewhere(2 * day)}) == now - day);
    BOOST_TEST(certainly_past(reading(3 * day), seen(), {elsewhere(-day)}) == now - day);
}

BOOST_AUTO_TEST_CASE(only_a_clock_that_may_be_ahead_makes_anything_wait) {
    const auto waits = [](clock_state state, double moved, const clocks& others) {
        return may_be_ahead(state, reading(moved), seen(), others);
    };
    BOOST_TEST(waits(clock_state::jumped, 3 * day, {}));
    BOOST_TEST(!waits(clock_state::jumped, -3 * day, {}));
    BOOST_TEST(!waits(clock_state::trusted, 3 * day, {elsewhere(0)}));
    BOOST_TEST(waits(clock_state::unlike_destinations, 0, {elsewhere(day), elsewhere(-day)}));
    BOOST_TEST(!waits(clock_state::unlike_destinations, 0, {elsewhere(day)}));
    // Set back, and still ahead of somebody.
    BOOST_TEST(waits(clock_state::jumped, -day, {elsewhere(-3 * day)}));
}

BOOST_AUTO_TEST_CASE(a_doubt_says_what_the_clocks_say_and_what_waits) {
    BOOST_TEST(describe(clock_state::trusted, reading(0), seen(), {}).empty());
    BOOST_TEST(
        describe(clock_state::jumped, reading(3 * day), seen(), {}) ==
        "this machine's clock says 2023-11-17 23:36:40 UTC: it was set ahead by 259200 s, the kernel calls it unsynchronised. No day is announced and no local file deleted by it until it is set right (timedatectl; chrony needs rtcsync), or accepted as it is");
    BOOST_TEST(
        describe(clock_state::jumped, reading(-3 * day), seen(), {}) ==
        "this machine's clock says 2023-11-11 23:36:40 UTC: it was set back by 259200 s, the kernel calls it unsynchronised. It may be behind: days are announced and files deleted late until it is set right (timedatectl; chrony needs rtcsync), or accepted as it is");
    BOOST_TEST(
        describe(clock_state::jumped, reading(3 * day), seen(), {elsewhere(0)}) ==
        "this machine's clock says 2023-11-17 23:36:40 UTC: it was set ahead by 259200 s, the kernel calls it unsynchronised, and a destination's clock says 2023-11-14 23:36:40 UTC. No day is announced and no local file deleted by it until it is set right (timedatectl; chrony needs rtcsync), or accepted as it is");
    BOOST_TEST(
        describe(clock_state::unlike_destinations, reading(0), seen(), {elsewhere(-day)}) ==
        "this machine's clock says 2023-11-14 23:36:40 UTC, the kernel calls it unsynchronised, and a destination's clock says 2023-11-13 23:36:40 UTC. No day is announced and no local file deleted by it until it is set right (timedatectl; chrony needs rtcsync), or accepted as it is");
}

BOOST_AUTO_TEST_CASE(a_time_that_no_calendar_has_is_told_as_a_number) {
    const auto text = describe(clock_state::unlike_destinations, reading(0), seen(), {{1e17, 1, 0}});
    BOOST_TEST(text.find(" s since 1970") != std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()

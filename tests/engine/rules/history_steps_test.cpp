#include "engine/rules/history_steps.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(history_in_steps)

namespace {

constexpr epoch_seconds now = 1'700'000'000;
constexpr double day = 86400;

history_point point(epoch_seconds at, std::uint64_t bytes, std::optional<std::uint64_t> free = {}) {
    history_point p;
    p.at = at;
    p.seconds = 60;
    p.sent_bytes = bytes;
    p.verified_bytes = bytes / 2;
    p.verified_files = 1;
    p.waiting_files = static_cast<std::int64_t>(bytes);
    p.failed_files = 2;
    p.verified_after.observe(static_cast<double>(bytes));
    p.free_here = free;
    return p;
}

result<history_range> choose(std::optional<double> from, std::optional<double> to,
                             std::optional<double> step) {
    return choose_history_range({"smurf", from, to, step}, now);
}

std::string refusal(std::optional<double> from, std::optional<double> to, std::optional<double> step) {
    const auto chosen = choose(from, to, step);
    BOOST_REQUIRE(!chosen);
    BOOST_TEST((chosen.error().code == failure_code::invalid));
    return chosen.error().detail;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_happened_is_added_and_how_it_stood_is_that_of_the_later) {
    const auto both = together(point(60, 10, 500), point(120, 4));
    BOOST_TEST(both.at == 60);
    BOOST_TEST(both.seconds == 120);
    BOOST_TEST(both.sent_bytes == 14U);
    BOOST_TEST(both.verified_bytes == 7U);
    BOOST_TEST(both.verified_files == 2);
    BOOST_TEST(both.waiting_files == 4);
    BOOST_TEST(both.failed_files == 2);
    BOOST_TEST(both.verified_after.count() == 2U);
    // What is not known at the end is that of before.
    BOOST_TEST(both.free_here.value() == 500U);
    BOOST_TEST(!both.free_there.has_value());
    BOOST_TEST(together(point(60, 1, 500), point(120, 1, 400)).free_here.value() == 400U);
}

BOOST_AUTO_TEST_CASE(points_of_a_step_become_one_and_a_gap_stays_one) {
    std::vector<history_point> steps;
    for (const double at : {3600.0, 3660.0, 7140.0, 7200.0, 14460.0}) add_to_steps(steps, point(at, 1), 3600);
    BOOST_REQUIRE(steps.size() == 3U);
    BOOST_TEST(steps[0].at == 3600);
    BOOST_TEST(steps[0].sent_bytes == 3U);
    BOOST_TEST(steps[0].seconds == 180);
    BOOST_TEST(steps[1].at == 7200);
    BOOST_TEST(steps[2].at == 14400);
}

BOOST_AUTO_TEST_CASE(what_is_kept_begins_with_an_hour) {
    for (double later = 0; later < 7200; later += 13) {
        BOOST_TEST(std::fmod(minutes_from(now + later), 3600) == 0);
        BOOST_TEST(std::fmod(hours_from(now + later), 3600) == 0);
        BOOST_TEST(minutes_from(now + later) <= now + later - 14 * day);
        BOOST_TEST(minutes_from(now + later) > now + later - 14 * day - 3600);
        BOOST_TEST(hours_from(now + later) <= now + later - 730 * day);
    }
}

BOOST_AUTO_TEST_CASE(a_day_until_now_is_shown_where_nothing_is_said) {
    const auto chosen = choose({}, {}, {}).value();
    BOOST_TEST(chosen.step == 60);
    BOOST_TEST(chosen.from <= now - day);
    BOOST_TEST(chosen.from > now - day - 60);
    BOOST_TEST(chosen.to >= now);
    BOOST_TEST(chosen.to < now + 60);
}

BOOST_AUTO_TEST_CASE(the_step_is_the_shortest_with_which_the_points_are_few_enough) {
    for (const auto& [days, step] : std::vector<std::pair<double, double>>{{1, 60},
                                                                           {1.38, 60},
                                                                           {1.4, 300},
                                                                           {6.9, 300},
                                                                           {7, 900},
                                                                           {20, 900},
                                                                           {21, 1800},
                                                                           {42, 3600},
                                                                           {83, 3600},
                                                                           {84, 14400},
                                                                           {333, 14400},
                                                                           {334, 43200},
                                                                           {730, 43200}}) {
        const auto chosen = choose(now - days * day, {}, {}).value();
        BOOST_TEST(chosen.step == step, days << " days");
        BOOST_TEST((chosen.to - chosen.from) / chosen.step <= static_cast<double>(most_history_points));
        BOOST_TEST(std::fmod(chosen.from, chosen.step) == 0);
        BOOST_TEST(std::fmod(chosen.to, chosen.step) == 0);
    }
}

BOOST_AUTO_TEST_CASE(what_lies_before_anything_is_kept_is_left_out) {
    const auto chosen = choose(0, {}, {}).value();
    BOOST_TEST(chosen.step == day / 2);
    BOOST_TEST(chosen.from <= hours_from(now));
    BOOST_TEST(chosen.from > hours_from(now) - day);
    // A time of which nothing is kept is no mistake.
    BOOST_TEST(choose(1000, 2000, {}).value().from == 960);
    BOOST_TEST(choose(0, 1e9, {}).value().to >= 1e9);
    BOOST_TEST(choose(0, 253402300799.0, {}).has_value());
}

BOOST_AUTO_TEST_CASE(ends_before_the_begin_and_steps_that_are_none_are_refused) {
    BOOST_TEST(refusal(now, now, {}).find("'from'") != std::string::npos);
    BOOST_TEST(refusal(now + 5, {}, {}).find("now is 1700000000") != std::string::npos);
    for (const double step : {0.0, 1.0, 59.0, 61.0, 90.5, -60.0})
        BOOST_TEST(refusal({}, {}, step).find("whole number of minutes") != std::string::npos, step);
    BOOST_TEST(choose({}, {}, 120).value().step == 120);
    BOOST_TEST(choose({}, {}, 2 * day).value().step == 2 * day);
}

BOOST_AUTO_TEST_CASE(a_step_that_makes_too_many_points_is_refused_with_one_that_does_not) {
    const auto said = refusal(now - 30 * day, {}, 60);
    BOOST_TEST(said.find("more than 2000 points") != std::string::npos, said);
    BOOST_TEST(said.find("steps of 1800 s") != std::string::npos, said);
    BOOST_TEST(choose(now - 30 * day, {}, 1800).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

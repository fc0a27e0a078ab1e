#include "engine/rules/space_forecast.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(forecasts_of_space)

namespace {

constexpr epoch_seconds now = 1'700'000'000;
constexpr double terabyte = 1e12;

// A point a minute over so many hours, the last one at `now`; `free` of the hours before it.
std::vector<history_point> points(double hours, const std::function<std::optional<double>(double)>& free) {
    std::vector<history_point> all;
    for (double at = now - hours * 3600; at <= now; at += 60) {
        history_point p;
        p.at = at;
        if (const auto bytes = free((now - at) / 3600)) p.free_there = static_cast<std::uint64_t>(*bytes);
        all.push_back(p);
    }
    return all;
}

std::optional<space_forecast> forecast(double hours, const std::function<std::optional<double>(double)>& free,
                                       epoch_seconds at = now) {
    return forecast_space(points(hours, free), &history_point::free_there, at);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_disk_that_fills_evenly_is_full_when_it_is) {
    const auto f = forecast(3, [](double before) { return 3.2 * terabyte + before * terabyte; }).value();
    BOOST_TEST(f.free == 3'200'000'000'000U);
    BOOST_TEST(f.at == now);
    BOOST_TEST(f.bytes_per_second.value() == -terabyte / 3600, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(f.full_in.value() == 3.2 * 3600, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(only_the_last_hours_count) {
    const auto f = forecast(24, [](double before) {
                       return before > 3 ? 9 * terabyte : terabyte + before * 1e11;
                   }).value();
    BOOST_TEST(f.full_in.value() == 10 * 3600, boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(noise_on_the_way_down_is_none_of_its_business) {
    int n = 0;
    const auto f = forecast(3, [&](double before) {
                       return terabyte + before * terabyte / 10 + (++n % 2 ? 3e9 : -3e9);
                   }).value();
    BOOST_TEST(f.full_in.value() == 10 * 3600, boost::test_tools::tolerance(0.05));
}

BOOST_AUTO_TEST_CASE(nothing_is_foreseen_of_a_disk_that_does_not_fill) {
    const auto still = forecast(3, [](double) { return terabyte; }).value();
    BOOST_TEST(still.bytes_per_second.value() == 0);
    BOOST_TEST(!still.full_in.has_value());
    const auto emptying = forecast(3, [](double before) { return 5 * terabyte - before * terabyte; }).value();
    BOOST_TEST(emptying.bytes_per_second.value() > 0);
    BOOST_TEST(!emptying.full_in.has_value());
    // Or not within a month.
    const auto slow = forecast(3, [](double before) { return 731 * 1e9 + before * 1e9; }).value();
    BOOST_TEST(slow.bytes_per_second.value() < 0);
    BOOST_TEST(!slow.full_in.has_value());
}

BOOST_AUTO_TEST_CASE(what_lies_on_no_line_tells_no_rate) {
    // Filled, and emptied by a deletion now and then.
    const auto f = forecast(3, [](double before) {
                       const double part = before - static_cast<int>(before);
                       return terabyte + part * terabyte;
                   }).value();
    BOOST_TEST(f.free == 1'000'000'000'000U);
    BOOST_TEST(!f.bytes_per_second.has_value());
    BOOST_TEST(!f.full_in.has_value());
}

BOOST_AUTO_TEST_CASE(too_few_points_or_too_short_a_time_tell_no_rate) {
    const auto falls = [](double before) { return terabyte + before * terabyte; };
    BOOST_TEST(!forecast(0.4, falls).value().bytes_per_second.has_value());
    BOOST_TEST(forecast(0.51, falls).value().bytes_per_second.has_value());
    const auto rarely = [&](double before) -> std::optional<double> {
        const auto minutes = static_cast<int>(before * 60 + 0.5);
        return minutes % 30 == 0 ? std::optional(falls(before)) : std::nullopt;
    };
    BOOST_TEST(!forecast(3, rarely).value().bytes_per_second.has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_what_was_not_seen_lately) {
    BOOST_TEST(!forecast(3, [](double) { return std::nullopt; }).has_value());
    BOOST_TEST(!forecast_space({}, &history_point::free_there, now).has_value());
    const auto until = [](double hours) {
        return [hours](double before) { return before < hours ? std::nullopt : std::optional(terabyte); };
    };
    BOOST_TEST(!forecast(3, until(0.35)).has_value());
    BOOST_TEST(forecast(3, until(0.3)).has_value());
    BOOST_TEST(!forecast(3, [](double) { return terabyte; }, now + 1300).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

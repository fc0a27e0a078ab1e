#include "engine/report/activity_meter.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(activity_meter_rates)

namespace {
const activity_meter::time_point start{1000s};
}

BOOST_AUTO_TEST_CASE(an_idle_meter_shows_nothing) {
    activity_meter meter;
    BOOST_TEST(meter.bytes_per_second(start) == 0);
    BOOST_TEST(meter.files_per_second(start) == 0);
}

BOOST_AUTO_TEST_CASE(rates_are_means_over_the_window) {
    activity_meter meter;
    meter.sent(start, 1000);
    meter.sent(start + 50ms, 500);  // joins the sample before it
    meter.sent(start + 5s, 2000);
    meter.verified(start + 5s, 30);
    BOOST_TEST(meter.bytes_per_second(start + 6s) == 350);
    BOOST_TEST(meter.files_per_second(start + 6s) == 3);
}

BOOST_AUTO_TEST_CASE(what_is_older_than_the_window_is_forgotten_for_good) {
    activity_meter meter;
    meter.sent(start, 1000);
    meter.verified(start + 5s, 10);
    BOOST_TEST(meter.bytes_per_second(start + 10s) == 100);
    BOOST_TEST(meter.bytes_per_second(start + 10s + 1ns) == 0);
    BOOST_TEST(meter.files_per_second(start + 10s + 1ns) == 1);
    BOOST_TEST(meter.files_per_second(start + 1h) == 0);
    BOOST_TEST(meter.bytes_per_second(start) == 0);
}

BOOST_AUTO_TEST_CASE(small_steps_all_day_add_up_and_drain) {
    activity_meter meter;
    auto now = start;
    for (int i = 0; i < 100'000; ++i, now += 10ms) meter.sent(now, 10);
    // 1,000 bytes/s: one sample of 100 ms more or less at the edge of the window.
    BOOST_TEST(meter.bytes_per_second(now) >= 980);
    BOOST_TEST(meter.bytes_per_second(now) <= 1020);
    BOOST_TEST(meter.bytes_per_second(now + 11s) == 0);
}

BOOST_AUTO_TEST_CASE(longer_windows_remember_longer) {
    activity_meter meter;
    meter.sent(start, 60'000);
    meter.verified(start, 600);
    BOOST_TEST(meter.bytes_per_second(start + 59s, activity_meter::minute) > 1000);
    BOOST_TEST(meter.bytes_per_second(start + 60s, activity_meter::minute) == 1000);
    BOOST_TEST(meter.files_per_second(start + 60s, activity_meter::minute) == 10);
    BOOST_TEST(meter.bytes_per_second(start + 62s, activity_meter::minute) == 0);
    BOOST_TEST(meter.bytes_per_second(start + 900s, activity_meter::quarter) == 60'000.0 / 900);
    BOOST_TEST(meter.bytes_per_second(start + 901s, activity_meter::quarter) == 0);
}

BOOST_AUTO_TEST_CASE(before_a_window_is_over_the_time_since_the_begin_counts) {
    activity_meter meter;
    meter.sent(start, 1000);
    meter.sent(start + 20s, 1000);
    BOOST_TEST(meter.bytes_per_second(start + 20s, activity_meter::minute) == 100);
    BOOST_TEST(meter.bytes_per_second(start + 20s, activity_meter::quarter) == 100);
    // But never less than the shortest one.
    activity_meter young;
    young.sent(start, 1000);
    BOOST_TEST(young.bytes_per_second(start, activity_meter::quarter) == 100);
}

BOOST_AUTO_TEST_SUITE_END()

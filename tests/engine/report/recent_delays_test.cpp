#include "engine/report/recent_delays.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>

using namespace suprsync;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(delays_of_the_last_hour)

namespace {

const recent_delays::time_point noon{1000h};

bool is_about(double value, double expected) { return std::abs(value / expected - 1) < 0.12; }

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_verified_has_no_delay) {
    const recent_delays none;
    BOOST_TEST(!none.quantile(noon, 0.5).has_value());
}

BOOST_AUTO_TEST_CASE(quantiles_are_right_to_a_tenth_from_parts_of_a_second_to_weeks) {
    for (const double seconds : {0.3, 2.0, 45.0, 600.0, 86'400.0, 3e6}) {
        recent_delays delays;
        for (int i = 0; i < 99; ++i) delays.observe(noon, seconds);
        delays.observe(noon, 20 * seconds);
        BOOST_TEST(is_about(delays.quantile(noon, 0.5).value(), seconds), seconds);
        BOOST_TEST(is_about(delays.quantile(noon, 0.98).value(), seconds), seconds);
        const double most = delays.quantile(noon, 1).value();
        BOOST_TEST((is_about(most, 20 * seconds) || most == recent_delays::bounds().back()), seconds);
    }
}

BOOST_AUTO_TEST_CASE(what_is_older_than_an_hour_is_forgotten) {
    recent_delays delays;
    delays.observe(noon, 1000);
    delays.observe(noon + 30min, 1);
    BOOST_TEST(is_about(delays.quantile(noon + 59min, 1).value(), 1000));
    BOOST_TEST(delays.quantile(noon + 60min, 1).value() < 1.2);
    BOOST_TEST(!delays.quantile(noon + 91min, 0.5).has_value());
    // And so it is when something new comes.
    delays.observe(noon + 5h, 10);
    BOOST_TEST(is_about(delays.quantile(noon + 5h, 1).value(), 10));
}

// A clock that was set back makes a file verified before it was registered.
BOOST_AUTO_TEST_CASE(a_negative_delay_counts_as_none) {
    recent_delays delays;
    delays.observe(noon, -5);
    BOOST_TEST(delays.quantile(noon, 0.5).value() >= 0);
    BOOST_TEST(delays.quantile(noon, 0.5).value() <= 0.1);
}

BOOST_AUTO_TEST_SUITE_END()

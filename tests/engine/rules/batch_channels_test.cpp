// Lanes of one batch, over links of every length.
#include "engine/rules/batch_channels.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(batch_channels_rule)

namespace {

constexpr std::uint64_t much = std::uint64_t{1} << 40;

}  // namespace

BOOST_AUTO_TEST_CASE(a_short_link_needs_one_lane) {
    for (const double round_trip : {0.0, 0.0001, 0.001, 0.01, 0.013})
        BOOST_TEST(batch_channels(round_trip, much, false, 12) == 1U, round_trip);
}

BOOST_AUTO_TEST_CASE(a_long_link_gets_as_many_as_fill_it) {
    BOOST_TEST(batch_channels(0.05, much, false, 12) == 4U);
    BOOST_TEST(batch_channels(0.14, much, false, 12) == 11U);
    BOOST_TEST(batch_channels(0.6, much, false, 12) == 12U);
    BOOST_TEST(batch_channels(1e9, much, false, 12) == 12U);
    BOOST_TEST(batch_channels(std::numeric_limits<double>::infinity(), much, false, 12) == 12U);
    std::size_t before = 1;
    for (double round_trip = 0; round_trip < 1; round_trip += 0.01) {
        const auto lanes = batch_channels(round_trip, much, false, 12);
        BOOST_TEST(lanes >= before);
        before = lanes;
    }
}

BOOST_AUTO_TEST_CASE(little_is_not_worth_a_lane) {
    for (std::uint64_t bytes = 0; bytes < std::uint64_t{8} << 20; bytes += 1 << 20)
        BOOST_TEST(batch_channels(0.15, bytes, false, 12) == 1U, bytes);
    BOOST_TEST(batch_channels(0.15, std::uint64_t{12} << 20, false, 12) == 3U);
}

BOOST_AUTO_TEST_CASE(where_the_rate_is_limited_there_is_one) {
    BOOST_TEST(batch_channels(0.15, much, true, 12) == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_not_measured_is_short) {
    BOOST_TEST(batch_channels(-1, much, false, 12) == 1U);
    BOOST_TEST(batch_channels(std::nan(""), much, false, 12) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

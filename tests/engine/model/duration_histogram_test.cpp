#include "engine/model/duration_histogram.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(duration_histograms)

BOOST_AUTO_TEST_CASE(durations_fall_into_their_parts) {
    duration_histogram h({0.1, 1});
    for (const double seconds : {0.0, 0.1, 0.2, 1.0, 1.1, 1000.0}) h.observe(seconds);
    BOOST_TEST(h.counts() == (std::vector<std::uint64_t>{2, 2, 2}), boost::test_tools::per_element());
    BOOST_TEST(h.count() == 6U);
    BOOST_TEST(h.sum() == 1002.4, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/model/quantile.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(quantiles)

namespace {

const std::vector<double> three_bounds{1, 2, 4};
using counted = std::vector<std::uint64_t>;

double at(const counted& counts, double q) { return quantile_of(three_bounds, counts, q).value(); }

}  // namespace

BOOST_AUTO_TEST_CASE(of_nothing_there_is_none) {
    for (const double q : {0.0, 0.5, 1.0})
        BOOST_TEST(!quantile_of(three_bounds, counted{0, 0, 0, 0}, q).has_value());
}

BOOST_AUTO_TEST_CASE(within_a_part_values_are_spread_evenly) {
    BOOST_TEST(at({10, 0, 0, 0}, 0.5) == 0.5);
    BOOST_TEST(at({0, 10, 0, 0}, 0.5) == 1.5);
    BOOST_TEST(at({0, 0, 10, 0}, 0.25) == 2.5);
    BOOST_TEST(at({5, 0, 5, 0}, 0.5) == 1);
    BOOST_TEST(at({5, 0, 5, 0}, 0.75) == 3);
    BOOST_TEST(at({1, 1, 2, 0}, 1) == 4);
}

BOOST_AUTO_TEST_CASE(the_least_is_where_the_first_part_with_any_begins) {
    BOOST_TEST(at({0, 0, 3, 0}, 0) == 2);
    BOOST_TEST(at({3, 0, 3, 0}, 0) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_above_all_bounds_stands_for_the_last) {
    BOOST_TEST(at({0, 0, 0, 7}, 0.5) == 4);
    BOOST_TEST(at({5, 0, 0, 5}, 0.99) == 4);
}

BOOST_AUTO_TEST_CASE(they_never_decrease) {
    for (const auto& counts : {counted{1, 2, 3, 4}, counted{0, 9, 0, 1}, counted{7, 0, 0, 0}}) {
        double before = 0;
        for (double q = -0.5; q <= 1.5; q += 0.01) {
            const double now = at(counts, q);
            BOOST_TEST(now >= before);
            BOOST_TEST(now <= 4);
            before = now;
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

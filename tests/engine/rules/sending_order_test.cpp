#include "engine/rules/sending_order.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(sending_orders)

BOOST_AUTO_TEST_CASE(files_go_before_what_lies_deeper_and_names_by_their_bytes) {
    // As they go: plain names first, then directories, of which "smurf.b/" goes before "smurf/".
    const std::vector<std::string_view> in_order{
        "a",         "b",         "z\xff",           "17000/a",       "17000/b.c", "17000/zz",
        "17000/a/k", "17000/a/l", "17000/smurf.b/q", "17000/smurf/a", "18000/x"};
    auto shuffled = in_order;
    std::mt19937 random(1);
    for (int i = 0; i < 20; ++i) {
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        std::vector<std::string_view> found;
        for (const auto place : sending_order(shuffled)) found.push_back(shuffled[place]);
        BOOST_TEST(found == in_order, boost::test_tools::per_element());
    }
    BOOST_TEST(sending_order({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/rules/unusable_directories.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(directories_that_are_unusable)

BOOST_AUTO_TEST_CASE(its_files_wait_longer_each_time_and_only_the_first_find_out) {
    unusable_directories known;
    BOOST_TEST(!known.holding("17000/a", 100));
    BOOST_TEST(known.met("17000/a", "17000//no", 100) == 110);
    // Met together, met once.
    BOOST_TEST(known.met("17000/b", "17000//no", 101) == 110);
    BOOST_REQUIRE(known.holding("17000/c", 109));
    BOOST_TEST(known.holding("17000/c", 109)->next == 110);
    BOOST_TEST(!known.holding("17000/c", 110));
    BOOST_TEST(!known.holding("17000/deeper/c", 105));
    BOOST_TEST(!known.holding("17001/c", 105));
    BOOST_TEST(known.met("17000/a", "17000//no", 110) == 130);
    double next = 130;
    for (int i = 0; i < 20; ++i) next = known.met("17000/a", "17000//no", next);
    BOOST_TEST(next - known.met("17000/a", "17000//no", next) == -unusable_directories::most_delay);
}

BOOST_AUTO_TEST_CASE(it_is_over_when_a_file_arrives_or_none_comes) {
    unusable_directories known;
    known.met("17000/a", "17000//no", 100);
    known.published("17001/a");
    BOOST_TEST(!known.text().empty());
    known.published("17000/b");
    BOOST_TEST(known.text().empty());
    known.met("a", "//no", 100);
    known.forget_unmet(700);
    BOOST_TEST(known.text() == "the base directory: no");
    known.forget_unmet(711);
    BOOST_TEST(known.text().empty());
}

// The catalog hands out at once what is to wait for longer than anything: put off again and again, without a
// rest.
BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_makes_no_wait_as_long_as_it_jumped) {
    unusable_directories known;
    known.met("17000/a", "17000//no", 100'000);
    BOOST_TEST(!known.holding("17000/a", 1000));
    BOOST_TEST(known.met("17000/a", "17000//no", 1000) == 1020);
    known.met("17001/a", "17001//no", 100'000);
    known.forget_unmet(1000);
    BOOST_TEST(known.text() == "17000: no");
}

BOOST_AUTO_TEST_CASE(each_is_told_once_and_a_few_at_most) {
    unusable_directories known;
    known.met("17000/x/a", "17000//no", 1);
    known.met("17000/y/a", "17000//no", 1);
    BOOST_TEST(known.text() == "17000: no");
    for (int i = 1; i < 8; ++i) {
        const auto day = std::to_string(17000 + i);
        known.met(day + "/a", day + "//no", 1);
    }
    BOOST_TEST(known.text() == "17000: no; 17001: no; 17002: no; 17003: no; 17004: no; and 3 more");
}

BOOST_AUTO_TEST_SUITE_END()

#include "engine/rules/estimated_end.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(estimated_ends)

namespace {

constexpr epoch_seconds begun = 1.7e9;

// 100 files of 1,000 bytes; 2,000 bytes and 1 file a second in the last minute, half of that before.
remaining_work some() { return {100, 100'000, false, 2000, 1, 1000, 0.5}; }

std::optional<double> left(const remaining_work& work) {
    const auto end = estimated_end(begun, work);
    return end ? std::optional(*end - begun) : std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_CASE(whatever_takes_longer_decides) {
    auto work = some();
    BOOST_TEST(left(work).value() == 100);  // by files; by bytes it would be 50 s
    work.bytes_per_second_1m = 200;
    BOOST_TEST(left(work).value() == 500);
}

BOOST_AUTO_TEST_CASE(what_is_not_known_does_not_count) {
    auto no_sizes = some();
    no_sizes.bytes = 0;
    BOOST_TEST(left(no_sizes).value() == 100);
    auto large_file = some();
    large_file.files_per_second_1m = 0;
    BOOST_TEST(left(large_file).value() == 50);
}

BOOST_AUTO_TEST_CASE(where_nothing_moved_for_a_minute_the_last_quarter_of_an_hour_counts) {
    auto work = some();
    work.bytes_per_second_1m = work.files_per_second_1m = 0;
    BOOST_TEST(left(work).value() == 200);
    work.files_per_second_15m = 0;
    BOOST_TEST(left(work).value() == 100);
    work.bytes_per_second_15m = 0;
    BOOST_TEST(!left(work).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_estimated_where_nothing_is_left_or_nothing_can_begin) {
    auto work = some();
    work.held_up = true;
    BOOST_TEST(!left(work).has_value());
    work = some();
    work.files = 0;
    BOOST_TEST(!left(work).has_value());
    work.files = -1;
    BOOST_TEST(!left(work).has_value());
    BOOST_TEST(!left({}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

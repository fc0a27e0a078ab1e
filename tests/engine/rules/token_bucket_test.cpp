// How long senders wait for their turn, with the clock moved by hand.
#include "engine/rules/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(token_buckets)

BOOST_AUTO_TEST_CASE(without_a_rate_nobody_waits) {
    token_bucket bucket;
    BOOST_TEST(bucket.take(1 << 30, 0) == 0.0);
    BOOST_TEST(bucket.take(1 << 30, 0) == 0.0);
    BOOST_TEST(bucket.piece(1 << 30) == std::uint64_t{1} << 30);
}

BOOST_AUTO_TEST_CASE(who_comes_later_waits_for_what_was_taken_before) {
    token_bucket bucket(1000, 100);
    BOOST_TEST(bucket.take(500, 100) == 0.0);
    BOOST_TEST(bucket.take(500, 100) == 0.5);
    BOOST_TEST(bucket.take(1000, 100.25) == 0.75);
    BOOST_TEST(bucket.take(1, 102) == 0.0);
}

BOOST_AUTO_TEST_CASE(over_a_long_time_the_rate_is_kept) {
    token_bucket bucket(1e6, 0);
    double now = 0;
    std::uint64_t sent = 0;
    while (now < 60) {
        const auto piece = bucket.piece(1 << 20);
        now += bucket.take(piece, now);
        sent += piece;
    }
    BOOST_TEST(sent > 59'000'000U);
    BOOST_TEST(sent < 61'000'000U);
}

BOOST_AUTO_TEST_CASE(who_was_idle_saves_a_tenth_of_a_second) {
    token_bucket bucket(1000, 0);
    BOOST_TEST(bucket.take(100, 1000) == 0.0);
    BOOST_TEST(bucket.take(100, 1000) == 0.0);
    BOOST_TEST(bucket.take(100, 1000) > 0.09);
}

BOOST_AUTO_TEST_CASE(what_is_owed_is_paid_at_the_new_rate) {
    token_bucket bucket(1000, 0);
    bucket.take(2000, 0);
    bucket.set_rate(500, 1);
    BOOST_TEST(bucket.take(0, 1) == 2.0);
    bucket.set_rate(0, 1);
    BOOST_TEST(bucket.take(1 << 30, 1) == 0.0);
    bucket.set_rate(100, 5);
    BOOST_TEST(bucket.take(100, 5) == 0.0);
    BOOST_TEST(bucket.take(1, 5) == 1.0);
}

BOOST_AUTO_TEST_CASE(pieces_are_a_twentieth_of_a_second_and_never_tiny) {
    BOOST_TEST(token_bucket(1e6, 0).piece(1 << 30) == 50'000U);
    BOOST_TEST(token_bucket(512, 0).piece(1 << 30) == 1024U);
    BOOST_TEST(token_bucket(1e6, 0).piece(10) == 10U);
}

BOOST_AUTO_TEST_SUITE_END()

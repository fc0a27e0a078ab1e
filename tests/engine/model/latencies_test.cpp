#include "engine/model/latencies.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(latency_quantiles)

namespace {

latencies of(const std::vector<double>& durations) {
    latencies all;
    for (const double seconds : durations) all.observe(seconds);
    return all;
}

void within_a_tenth(double found, double expected) {
    BOOST_TEST(found > expected * 0.9, found << " of " << expected);
    BOOST_TEST(found < expected * 1.1, found << " of " << expected);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_duration_of_any_size_is_told_within_a_tenth) {
    for (double seconds = 0.0012; seconds < 5e8; seconds *= 1.07)
        within_a_tenth(of({seconds}).quantile(0.5).value(), seconds);
}

BOOST_AUTO_TEST_CASE(what_is_shorter_or_longer_than_any_is_counted_at_the_ends) {
    for (const double seconds : {0.0, -5.0, 0.0005, std::nan("")})
        within_a_tenth(of({seconds}).quantile(0.5).value(), 0.00109);
    BOOST_TEST(of({std::numeric_limits<double>::infinity()}).quantile(0.5).value() > 5e8);
}

BOOST_AUTO_TEST_CASE(quantiles_are_those_of_the_durations) {
    std::vector<double> durations;
    for (int n = 1; n <= 1000; ++n) durations.push_back(n);
    const auto all = of(durations);
    BOOST_TEST(all.count() == 1000U);
    for (const double part : {0.01, 0.1, 0.5, 0.9, 0.99, 1.0})
        within_a_tenth(all.quantile(part).value(), part * 1000);
    within_a_tenth(all.quantile(0).value(), 1);
    BOOST_TEST(!latencies().quantile(0.5).has_value());
}

BOOST_AUTO_TEST_CASE(two_spans_are_added_and_taken_apart_again) {
    const auto first = of({0.1, 3, 700}), second = of({3, 3, 0.002});
    auto both = first;
    both.add(second);
    BOOST_TEST(both.count() == 6U);
    BOOST_TEST((both.since(first) == second));
    BOOST_TEST((both.since(both) == latencies()));
    BOOST_TEST((both.since({}) == both));
}

// A counter that began anew is no later state.
BOOST_AUTO_TEST_CASE(what_is_no_later_state_is_taken_whole) {
    const auto small = of({3}), large = of({3, 3, 10});
    BOOST_TEST((small.since(large) == small));
    BOOST_TEST((of({3, 3, 3}).since(of({10})) == of({3, 3, 3})));
}

BOOST_AUTO_TEST_CASE(are_read_as_they_were_written) {
    for (const auto& all : {of({}), of({0}), of({0.5, 0.5, 20, 1e12}), of({1, 2, 3, 4, 5, 6, 1e5})})
        BOOST_TEST((latencies::read(all.text()) == all), all.text());
    BOOST_TEST(of({0.001, 0.001}).text() == "0:2");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_left_out) {
    for (const auto* text : {"", " ", "x", "5", "5:", "5:x", "-1:3", "161:3", "5:0", "5:-2", ":3", "5:3:4"})
        BOOST_TEST(latencies::read(text).count() == 0U, text);
    BOOST_TEST(latencies::read("x 5:3 7").count() == 3U);
    BOOST_TEST((latencies::read("5:1 5:2") == latencies::read("5:3")));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

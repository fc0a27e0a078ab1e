#include "engine/rules/backoff.hpp"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace suprsync;
using phase = connection_state::phase;

namespace suprsync {
static std::ostream& operator<<(std::ostream& out, phase p) {
    constexpr const char* names[] = {"probe", "probing", "up", "down"};
    return out << names[static_cast<int>(p)];
}
}  // namespace suprsync

BOOST_AUTO_TEST_SUITE(backoff)

namespace {

const double almost_one = std::nextafter(1.0, 0.0);
const double randoms[] = {0, 0.25, 0.5, almost_one};
constexpr epoch_seconds t0 = 1.7e9;

connection_state in(phase wanted) {
    connection_state connection;
    if (wanted == phase::probing) connection.probe_started();
    if (wanted == phase::up) connection.answered();
    if (wanted == phase::down) connection.failed(t0, 0.5);
    return connection;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_delay_doubles_with_every_failure_up_to_its_limit) {
    for (const double random : randoms) {
        double before = 0;
        for (int failures = 1; failures <= 2000; ++failures) {
            const double delay = exponential_delay(failures, 2, 300, random);
            const double whole = std::min(300.0, 2 * std::exp2(std::min(failures, 40) - 1));
            BOOST_REQUIRE(delay >= whole / 2);
            BOOST_REQUIRE(delay <= whole);
            BOOST_REQUIRE(delay >= before);
            before = delay;
        }
    }
}

BOOST_AUTO_TEST_CASE(jitter_spreads_over_the_upper_half) {
    BOOST_TEST(exponential_delay(3, 2, 300, 0) == 4);
    BOOST_TEST(exponential_delay(3, 2, 300, 0.5) == 6);
    BOOST_TEST(exponential_delay(3, 2, 300, almost_one) == 8, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(odd_counts_of_failures_still_give_a_delay) {
    for (const int failures : {std::numeric_limits<int>::min(), -1, 0, 1})
        BOOST_TEST(exponential_delay(failures, 2, 300, 0) == 1, "failures " << failures);
    BOOST_TEST(exponential_delay(std::numeric_limits<int>::max(), 2, 300, 0) == 150);
}

// As the spec (Failures) has it: "exponential, jittered delay (1 s to 5 min)".
BOOST_AUTO_TEST_CASE(a_destination_is_retried_after_1_s_to_5_min) {
    for (const double random : randoms) {
        connection_state connection;
        for (int failures = 1; failures <= 100; ++failures) {
            connection.probe_started();
            connection.failed(t0, random);
            BOOST_REQUIRE(connection.retry_at().has_value());
            const double delay = *connection.retry_at() - t0;
            BOOST_TEST(delay >= 1, "failure " << failures << ", random " << random);
            BOOST_TEST(delay <= 300, "failure " << failures << ", random " << random);
            if (failures == 1) BOOST_TEST(delay <= 2);
            if (failures >= 12) BOOST_TEST(delay >= 100);
        }
    }
}

BOOST_AUTO_TEST_CASE(two_clients_that_failed_together_do_not_return_together) {
    for (int failures = 1; failures <= 20; ++failures) {
        connection_state one, other;
        for (int i = 0; i < failures; ++i) {
            one.probe_started(), one.failed(t0, 0.1);
            other.probe_started(), other.failed(t0, 0.9);
        }
        BOOST_TEST((*one.retry_at() != *other.retry_at()), "failure " << failures);
    }
}

BOOST_AUTO_TEST_CASE(a_new_connection_wants_a_probe) {
    const connection_state connection;
    BOOST_TEST(connection.at(0) == phase::probe);
    BOOST_TEST(connection.failures_in_a_row() == 0);
    BOOST_TEST(!connection.retry_at());
}

BOOST_AUTO_TEST_CASE(every_state_by_every_event) {
    struct row {
        phase from;
        phase started, answered, succeeded, failed, reset;
    };
    const row table[] = {
        {phase::probe, phase::probing, phase::up, phase::probe, phase::down, phase::probe},
        {phase::probing, phase::probing, phase::up, phase::probing, phase::down, phase::probe},
        {phase::up, phase::probing, phase::up, phase::up, phase::down, phase::probe},
        {phase::down, phase::probing, phase::up, phase::down, phase::down, phase::probe},
    };
    for (const auto& r : table) {
        const auto after = [&](auto event) {
            auto connection = in(r.from);
            event(connection);
            return connection.at(t0);
        };
        BOOST_TEST_CONTEXT("from " << r.from) {
            BOOST_TEST(after([](auto& l) { l.probe_started(); }) == r.started);
            BOOST_TEST(after([](auto& l) { l.answered(); }) == r.answered);
            BOOST_TEST(after([](auto& l) { l.succeeded(); }) == r.succeeded);
            BOOST_TEST(after([](auto& l) { l.failed(t0, 0.5); }) == r.failed);
            BOOST_TEST(after([](auto& l) { l.reset(); }) == r.reset);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_down_is_probed_when_its_time_has_come) {
    auto connection = in(phase::down);
    const double due = *connection.retry_at();
    BOOST_TEST(connection.at(std::nextafter(due, 0)) == phase::down);
    BOOST_TEST(connection.at(due) == phase::probe);
    BOOST_TEST(connection.at(due + 1e6) == phase::probe);
}

BOOST_AUTO_TEST_CASE(several_batches_that_die_of_one_cut_count_once) {
    auto connection = in(phase::up);
    connection.failed(t0, 0.5);
    const auto due = connection.retry_at();
    for (int i = 0; i < 10; ++i) connection.failed(t0 + i, 0.9);
    BOOST_TEST(connection.failures_in_a_row() == 1);
    BOOST_TEST((connection.retry_at() == due));
}

// A full disk answers every probe: only a transfer that comes through ends a row of failures.
BOOST_AUTO_TEST_CASE(an_answered_probe_keeps_the_count_and_a_success_clears_it) {
    auto connection = in(phase::up);
    for (int i = 1; i <= 5; ++i) {
        connection.failed(t0, 0.5);
        BOOST_TEST(connection.failures_in_a_row() == i);
        connection.probe_started();
        connection.answered();
        BOOST_TEST(connection.failures_in_a_row() == i);
        BOOST_TEST(!connection.retry_at());
    }
    connection.succeeded();
    BOOST_TEST(connection.failures_in_a_row() == 0);
}

BOOST_AUTO_TEST_CASE(a_straggler_that_succeeds_says_nothing_of_a_connection_that_is_down) {
    auto connection = in(phase::down);
    connection.succeeded();
    BOOST_TEST(connection.failures_in_a_row() == 1);
    BOOST_TEST(connection.at(t0) == phase::down);
    BOOST_TEST(connection.retry_at().has_value());
}

BOOST_AUTO_TEST_CASE(a_reset_forgets_everything) {
    for (const auto from : {phase::probe, phase::probing, phase::up, phase::down}) {
        auto connection = in(from);
        connection.reset();
        BOOST_TEST(connection.at(t0) == phase::probe);
        BOOST_TEST(connection.failures_in_a_row() == 0);
        BOOST_TEST(!connection.retry_at());
    }
}

BOOST_AUTO_TEST_CASE(a_file_waits_longer_with_every_lost_attempt) {
    const std::vector<double> expected{10, 60, 600, 3600, 3600, 3600};
    for (std::size_t i = 0; i < expected.size(); ++i)
        BOOST_TEST(file_retry_delay(static_cast<int>(i) + 1) == expected[i]);
    for (const int odd : {std::numeric_limits<int>::min(), -1, 0}) BOOST_TEST(file_retry_delay(odd) == 10);
    BOOST_TEST(file_retry_delay(std::numeric_limits<int>::max()) == 3600);
}

BOOST_AUTO_TEST_CASE(a_place_with_a_problem_is_looked_at_less_and_less_often) {
    const std::vector<std::pair<double, double>> expected{{-5, 10}, {0, 10},    {10, 10},
                                                          {40, 40}, {120, 120}, {1e6, 120}};
    for (const auto& [problem_for, delay] : expected) BOOST_TEST(place_retry_delay(problem_for) == delay);
}

BOOST_AUTO_TEST_CASE(a_wait_is_over_at_its_time_and_where_the_clock_was_set_back) {
    BOOST_TEST(!is_over(1100, 1000, 300));
    BOOST_TEST(!is_over(1300, 1000, 300));
    BOOST_TEST(is_over(1000, 1000, 300));
    BOOST_TEST(is_over(900, 1000, 300));
    BOOST_TEST(is_over(1300.1, 1000, 300));
    BOOST_TEST(is_over(90'000, 1000, 300));
    BOOST_TEST(!is_over(never, 1000, 300));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_does_not_keep_the_connection_down) {
    connection_state c;
    c.failed(1e9, 1);
    BOOST_TEST((c.at(1e9 + 0.5) == connection_state::phase::down));
    BOOST_TEST((c.at(1e9 - 299) == connection_state::phase::probe));
}

BOOST_AUTO_TEST_CASE(it_is_down_since_the_first_failure_until_it_answers) {
    connection_state connection;
    BOOST_TEST(!connection.down_since().has_value());
    connection.failed(t0, 0.5);
    BOOST_TEST(connection.down_since().value() == t0);
    // Neither another failure nor a person's wish to try it makes it younger.
    connection.probe_started();
    connection.failed(t0 + 10, 0.5);
    BOOST_TEST(connection.down_since().value() == t0);
    connection.reset();
    BOOST_TEST(connection.down_since().value() == t0);
    connection.probe_started();
    connection.answered();
    BOOST_TEST(!connection.down_since().has_value());
    connection.failed(t0 + 100, 0.5);
    BOOST_TEST(connection.down_since().value() == t0 + 100);
}

BOOST_AUTO_TEST_SUITE_END()

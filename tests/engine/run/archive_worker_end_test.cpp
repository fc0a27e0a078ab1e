// The worker, pausing, resuming and stopping.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_ends)

BOOST_FIXTURE_TEST_CASE(a_paused_archive_does_nothing, worker_world) {
    archive.paused = true;
    const auto id = add("a");
    begin();
    time.advance(600);
    BOOST_TEST(there.calls.empty());
    BOOST_TEST(worker.idle());
    archive.raise_paused("by request");
    worker.resume();
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(pausing_lets_transfers_end_and_starts_none, worker_world) {
    const auto first = add("first");
    there.hold();
    begin();
    const auto second = add("second");
    archive.paused = true;
    wake();
    BOOST_TEST(there.waiting() == 1U);
    there.release();
    settle(loop);
    BOOST_TEST(verified(first));
    BOOST_TEST(!verified(second));
    BOOST_TEST(there.count("stage") == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_first_step_of_a_stop_finishes_what_is_in_flight, worker_world) {
    const auto first = add("first");
    there.hold();
    begin();
    const auto second = add("second");
    stop();
    BOOST_TEST(tasks_running() == 1U);
    there.release();
    settle(loop);
    BOOST_TEST(tasks_running() == 0U);
    BOOST_TEST(verified(first));
    BOOST_TEST(!verified(second));
    BOOST_TEST(there.count("stage") == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_second_step_of_a_stop_ends_transfers_and_costs_no_attempt, worker_world) {
    const auto id = add("a");
    there.hold();
    begin();
    stop();
    there.stop();
    settle(loop);
    BOOST_TEST(tasks_running() == 0U);
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(last_error(id).empty());
    BOOST_TEST(counters.errors_nonzero == 0U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_heard_while_the_destination_is_down_or_nothing_is_to_do, worker_world) {
    begin();
    BOOST_TEST(tasks_running() == 1U);
    stop();
    BOOST_TEST(tasks_running() == 0U);
    archive.stopping = false;
    there.down = error(failure_code::connection);
    archive.connection.reset();
    begin();
    BOOST_TEST(tasks_running() == 1U);
    stop();
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

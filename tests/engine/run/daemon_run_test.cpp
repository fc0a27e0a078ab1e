// How the daemon ends, in two steps; and that one archive never waits for another.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

// Between the start and `begin`, so that the destination is dead from the beginning.
failure no_route() { return error(failure_code::connection, "No route to host"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_stops)

BOOST_FIXTURE_TEST_CASE(an_idle_daemon_stops_at_once, daemon_world) {
    begin();
    time.advance(1000);
    served.stop();
    settle(loop);
    BOOST_TEST((ended == true));
    BOOST_TEST(!served.ready().ready);
    BOOST_TEST(served.ready().reason == "shutting down");
    BOOST_TEST(time.sleepers() == 0U);
}

BOOST_FIXTURE_TEST_CASE(transfers_get_their_grace_and_then_end, daemon_world) {
    const auto id = add("a");
    there().hold();
    begin();
    served.stop();
    const auto later = add("later");
    committed();
    BOOST_TEST(!ended.has_value());
    time.advance(9.8);
    BOOST_TEST(!there().stopped);
    BOOST_TEST(there().waiting() == 1U);  // and no new work
    time.advance(0.1);
    BOOST_TEST(there().stopped);
    BOOST_TEST(disk.stopped);
    BOOST_TEST((ended == false));
    for (const auto f : {id, later}) {
        BOOST_TEST(!verified(f));
        BOOST_TEST(row(f).failed_copy_attempts == 0);
    }
}

BOOST_FIXTURE_TEST_CASE(a_transfer_that_ends_in_time_is_recorded, daemon_world) {
    const auto id = add("a");
    there().hold();
    begin();
    served.stop();
    time.advance(5);
    there().release();
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(ended.has_value());
}

BOOST_FIXTURE_TEST_CASE(who_asks_twice_is_not_kept_waiting, daemon_world) {
    add("a");
    there().hold();
    begin();
    served.stop();
    time.advance(1);
    BOOST_TEST(!ended.has_value());
    served.stop_at_once();
    settle(loop);
    BOOST_TEST((ended == false));
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_heard_while_the_catalog_is_prepared, daemon_world) {
    catalog.steps_before_ready = 1000;
    catalog.before = [&](const std::string& function) {
        if (function == "prepare_step" && catalog.count(function) == 3) served.stop();
    };
    begin();
    BOOST_TEST((ended == false));
    BOOST_TEST(catalog.count("prepare_step") == 3U);
    BOOST_TEST(catalog.count("serve") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_is_heard_while_an_archive_cannot_be_served, daemon_world) {
    for (int i = 0; i < 5; ++i) catalog.fail_next("serve", error(failure_code::catalog));
    begin();
    time.advance(1);
    served.stop();
    time.advance(1);
    BOOST_TEST((ended == false));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(daemon_archives)

BOOST_FIXTURE_TEST_CASE(a_dead_destination_delays_no_other_archive, daemon_world) {
    there("timestreams").down = no_route();
    const auto dead = add("a", "timestreams");
    begin();
    for (int i = 0; i < 20; ++i) {
        const auto id = add("f" + std::to_string(i));
        committed();
        BOOST_TEST(verified(id));
        time.advance(30);
    }
    BOOST_TEST(!verified(dead));
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(holds_text(condition(condition_kind::destination_unreachable, "timestreams"), "No route"));
    BOOST_TEST(activity("timestreams").activity == "waiting");
    BOOST_TEST(activity("timestreams").next_attempt.has_value());
    BOOST_TEST(activity().activity == "idle");
    BOOST_TEST(served.healthy());
    there("timestreams").down.reset();
    time.advance(300);
    BOOST_TEST(verified(dead));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_hanging_destination_delays_no_other_archive, daemon_world) {
    there("timestreams").hold();
    add("a", "timestreams");
    begin();
    const auto id = add("b");
    committed();
    BOOST_TEST(verified(id));
    time.advance(4000);
    BOOST_TEST(!served.healthy());  // no sign of life for ten times its stall limit: the watchdog is told
    there("timestreams").release();
    settle(loop);
    BOOST_TEST(served.healthy());
}

BOOST_AUTO_TEST_SUITE_END()

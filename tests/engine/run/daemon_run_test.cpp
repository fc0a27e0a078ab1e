// How the daemon ends: --once, the two steps of a stop; and that one archive never waits for another.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

struct once_world : daemon_world {
    static daemon_configuration once() {
        auto c = two_archives();
        c.once = true;
        return c;
    }
    once_world() : daemon_world(once()) {}
};

// Between the start and `begin`, so that the destination is dead from the beginning.
failure no_route() { return error(failure_code::connection, "No route to host"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_once)

BOOST_FIXTURE_TEST_CASE(ends_when_everything_is_settled, once_world) {
    const auto a = add("a"), b = add("b", "timestreams"), ignored = add("c");
    ignore(ignored);
    begin();
    time.advance(0.2);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(*ended);
    BOOST_TEST(verified(a));
    BOOST_TEST(verified(b));
}

BOOST_FIXTURE_TEST_CASE(ends_at_once_where_nothing_is_to_do, once_world) {
    begin();
    time.advance(0.2);
    BOOST_TEST((ended == true));
}

BOOST_FIXTURE_TEST_CASE(does_not_end_while_a_transfer_runs, once_world) {
    add("a");
    there().hold();
    begin();
    time.advance(100);
    BOOST_TEST(!ended.has_value());
    there().release();
    time.advance(0.2);
    BOOST_TEST((ended == true));
}

// The first look comes before the destination has answered.
BOOST_FIXTURE_TEST_CASE(a_copy_in_doubt_is_read_anew_before_it_ends, once_world) {
    const auto id = add("a");
    change(id, "remote_md5sum = local_md5sum, copied = 5");
    there().published["17000/a"] = "content of a";
    ask(catalog.real().distrust_copies("smurf")).value();
    there().hold_prepare();
    begin();
    there().release();
    time.advance(0.2);
    BOOST_TEST((ended == true));
    BOOST_TEST(!memory().unproved);
    BOOST_TEST(verified(id));
}

BOOST_AUTO_TEST_CASE(does_not_end_while_a_copy_is_read_that_came_into_doubt_meanwhile) {
    auto config = once_world::once();
    config.archives[0].delete_local_after = 1000;
    daemon_world w(config);
    const auto id = w.add("a");
    w.change(id, "timestamp = timestamp - 1001");
    w.there().on_stat = [&](const stat_request&, stat_report& report) {
        report.sync_failed = true;
        report.end.error = error(failure_code::io, "the sync failed");
        w.there().published["17000/a"] = "damaged";
        w.there().on_stat = {};
        w.there().hold_stat();
    };
    w.begin();
    w.time.advance(100);
    BOOST_TEST(!w.ended.has_value());
    w.there().release();
    w.time.advance(100);
    BOOST_TEST((w.ended == true));
    BOOST_TEST(w.there().published["17000/a"] == "content of a");
}

BOOST_FIXTURE_TEST_CASE(announces_a_day_that_is_over_and_delivers_the_announcement, once_world) {
    disk.write("/data/old", "x", time.now() - 1e6);
    insert("/data/old", "16990/old", fake_md5("x"));
    begin();
    time.advance(0.2);
    BOOST_TEST((ended == true));
    BOOST_TEST(there().published.size() == 2U);
    BOOST_TEST(there().published.rbegin()->first.ends_with("_smurf_16990_finalized.yaml"));
}

BOOST_FIXTURE_TEST_CASE(a_day_that_cannot_be_announced_is_given_up_and_not_settled, once_world) {
    disk.write("/data/old", "x", time.now() - 1e6);
    insert("/data/old", "16990/old", fake_md5("x"));
    disk.before = [&](const std::string& verb, const std::string& path) {
        if (verb == "write_whole") disk.failing[path] = {failure_code::not_permitted, "write", path, "no"};
    };
    begin();
    time.advance(5);
    BOOST_TEST((ended == false));
    BOOST_TEST(verified(1));
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_may_be_ahead_is_not_waited_for_and_nothing_is_settled, once_world) {
    const auto here = time.reading();
    ask(catalog.real().trust_clock({here.boot, here.set_to - 3 * 86400, false})).value();
    // By that clock, an announcement that waits is days old, and is to be issued anew.
    disk.write("/data/suprsync/16990_finalized.yaml", "x", time.now() - 2 * 86400);
    const auto id = insert("/data/suprsync/16990_finalized.yaml",
                           "16998/suprsync/crate1/1699877200_smurf_16990_finalized.yaml", fake_md5("x"));
    change(id, "timestamp = timestamp - 2 * 86400");
    others.execute(
        R"(INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized, finalize_file_id)
        VALUES (16990, 'smurf', 1, 1, 1, )" +
        std::to_string(id) + ")");
    begin();
    time.advance(10);
    BOOST_TEST((ended == false));
    BOOST_TEST(there().published.empty());
    BOOST_TEST(rows() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_fails_is_tried_again_within_a_minute_and_not_waited_for_longer,
                        once_world) {
    const auto id = add("a");
    disk.files.clear();
    begin();
    time.advance(10 + 59);
    BOOST_TEST(!ended.has_value());
    time.advance(5);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(!*ended);
    BOOST_TEST(row(id).failed_copy_attempts == 3);
}

BOOST_FIXTURE_TEST_CASE(a_destination_is_given_up_after_three_failures_of_the_link, once_world) {
    const auto dead = add("a"), fine = add("b", "timestreams");
    there().down = no_route();
    begin();
    BOOST_TEST(there().count("prepare") == 1U);
    time.advance(1.2);
    BOOST_TEST(there().count("prepare") == 2U);
    BOOST_TEST(!ended.has_value());
    time.advance(2);
    BOOST_TEST(there().count("prepare") == 3U);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(!*ended);
    BOOST_TEST(verified(fine));
    BOOST_TEST(row(dead).failed_copy_attempts == 0);
}

BOOST_FIXTURE_TEST_CASE(a_paused_archive_is_not_waited_for_and_not_settled, once_world) {
    pause("smurf", "by request");
    add("a");
    const auto other = add("b", "timestreams");
    begin();
    time.advance(0.2);
    BOOST_REQUIRE(ended.has_value());
    BOOST_TEST(!*ended);
    BOOST_TEST(verified(other));
}

BOOST_FIXTURE_TEST_CASE(a_paused_archive_without_work_is_settled, once_world) {
    pause("smurf", "by request");
    begin();
    time.advance(0.2);
    BOOST_TEST((ended == true));
}

BOOST_AUTO_TEST_SUITE_END()

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

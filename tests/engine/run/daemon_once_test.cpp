// How a daemon that was started with --once ends: when nothing more can be done.
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

BOOST_AUTO_TEST_CASE(does_not_end_before_another_archive_has_copied_anew_what_was_modified) {
    auto config = once_world::once();
    config.archives[1].delete_local_after = 1000;
    daemon_world w(config);
    const auto modified = w.add("a", "timestreams");
    w.change(modified, "timestamp = timestamp - 1001");
    const auto earlier = w.insert("/data/a", "17000/b", fake_md5("as it was"), "smurf");
    w.change(earlier, "timestamp = timestamp - 1001, remote_md5sum = local_md5sum, copied = 5");
    w.there().published["17000/b"] = "as it was";
    w.begin();
    w.time.advance(100);
    BOOST_TEST((w.ended == true));
    BOOST_TEST(w.there().published["17000/b"] == "content of a");
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
    there().down = error(failure_code::connection, "No route to host");
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

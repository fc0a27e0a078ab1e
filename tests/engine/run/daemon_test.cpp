// The daemon from its start: preparing, serving, taking in commits of others, and conditions of no archive.
#include "engine/run/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

// Days 16990 and 16991 are announced of each archive, and that nothing of the time before now will follow.
struct announced_world : daemon_world {
    announced_world() {
        for (const std::string archive : {"smurf", "timestreams"})
            for (const std::string day : {"16990/", "16991/"})
                verify(insert("/data/old", day + archive, "m", archive));
        begin();
    }
    /// Registers a file as if it had been written long before.
    file_id add_back_dated(const std::string& name) {
        const auto id = add(name);
        change(id, "timestamp = 1700040000");
        return id;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_starts)

BOOST_FIXTURE_TEST_CASE(the_catalog_is_prepared_before_anything_is_served, daemon_world) {
    const auto id = add("a");
    catalog.steps_before_ready = 3;
    int steps = 0, ready_calls = 0;
    served.on_ready = [&] { ++ready_calls; };
    catalog.before = [&](const std::string& function) {
        if (function != "prepare_step" || ++steps == 1) return;
        BOOST_TEST(!served.ready().ready);
        BOOST_TEST(holds_text(served.ready().reason, "indexing the catalog: 1 of"));
        BOOST_TEST(holds_text(condition(condition_kind::preparing), "copying begins when it is done"));
        BOOST_TEST(activity().activity == "preparing");
        BOOST_TEST(ready_calls == 0);
    };
    BOOST_TEST(!served.ready().ready);
    begin();
    BOOST_TEST(steps == 4);
    BOOST_TEST(ready_calls == 1);
    BOOST_TEST(served.ready().ready);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(verified(id));
    const auto first_serve = std::find(catalog.calls.begin(), catalog.calls.end(), "serve");
    BOOST_TEST(std::count(catalog.calls.begin(), first_serve, "prepare_step") == 4);
    BOOST_TEST(std::count(catalog.calls.begin(), first_serve, "load_work") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_preparation_that_fails_is_a_condition_and_tried_again, daemon_world) {
    catalog.fail_next("prepare_step", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(!served.ready().ready);
    time.advance(1);
    BOOST_TEST(served.ready().ready);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_cannot_be_served_is_a_condition_and_tried_again, daemon_world) {
    catalog.fail_next("serve", disk_error());
    catalog.fail_next("memory", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error, "smurf"), "disk I/O error"));
    BOOST_TEST(!served.ready().ready);
    time.advance(1);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error, "smurf"), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(served.ready().ready);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_pause_outlives_the_process, daemon_world) {
    pause("smurf", "the base directory is another");
    const auto paused = add("a"), other = add("b", "timestreams");
    begin();
    BOOST_TEST(!verified(paused));
    BOOST_TEST(verified(other));
    BOOST_TEST(there().calls.empty());
    BOOST_TEST(holds_text(condition(condition_kind::paused, "smurf"), "the base directory is another"));
    BOOST_TEST(set_paused("smurf", false).has_value());
    settle(loop);
    BOOST_TEST(verified(paused));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(daemon_watches)

BOOST_FIXTURE_TEST_CASE(what_another_program_commits_is_copied_at_once, daemon_world) {
    begin();
    const auto id = add("a");
    committed();
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(without_any_sign_a_full_pass_finds_it, daemon_world) {
    begin();
    catalog.sees_no_changes = true;
    const auto id = add("a");
    time.advance(1);
    BOOST_TEST(!verified(id));
    time.advance(59);
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(late_files_are_counted, announced_world) {
    for (const auto* name : {"a", "b"}) {
        const auto before = activity().late_files;
        disk.write("/data/late", "x", time.now() - 100);
        for (const std::string day : {"16990/", "16991/"}) insert("/data/late", day + name);
        committed();
        BOOST_TEST(activity().late_files == before + 2);
        time.advance(200);  // it is copied, and the days are announced anew when they are quiet
    }
    BOOST_TEST(activity().late_files == 4);
    BOOST_TEST(activity("timestreams").late_files == 0);
}

BOOST_FIXTURE_TEST_CASE(a_back_dated_registration_is_a_condition_that_names_it, announced_world) {
    there().hold();
    const auto first = std::to_string(add_back_dated("a"));
    add_back_dated("b"), add_back_dated("c");
    committed();
    const auto message = condition(condition_kind::back_dated, "smurf");
    BOOST_TEST(holds_text(message, "3 files"));
    BOOST_TEST(holds_text(message, "/data/a (id " + first + ", timestamp 1700040000)"));
    time.advance(700);
    BOOST_TEST(!condition(condition_kind::back_dated, "smurf").empty());  // it has not arrived
    there().release();
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_condition_of_replaced_content_ends_after_a_day_without_any, announced_world) {
    there().published["17000/r"] = "what another host copied there";
    disk.write("/data/r", "content of r", time.now() - 100);
    insert("/data/r", "17000/r");
    committed();
    time.advance(10);
    BOOST_TEST(holds_text(condition(condition_kind::content_replaced, "smurf"), "17000/r"));
    time.slip(85'900);
    time.advance(100);
    BOOST_TEST(!condition(condition_kind::content_replaced, "smurf").empty());
    time.advance(500);
    BOOST_TEST(condition(condition_kind::content_replaced, "smurf").empty());
}

BOOST_FIXTURE_TEST_CASE(the_condition_of_a_back_dated_registration_is_shown_for_a_while, announced_world) {
    const auto id = add_back_dated("a");
    committed();
    BOOST_TEST(verified(id));
    time.advance(590);
    BOOST_TEST(condition_count() == 1U);
    time.advance(20);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_locked_database_is_a_condition_after_a_while, daemon_world) {
    begin();
    catalog.locked = time.now();
    catalog.errors = 17;
    time.advance(4);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(served.status().counters.errors_sqlite == 17U);
    time.advance(2);
    BOOST_TEST(holds_text(condition(condition_kind::database_locked), "fuser -v /data/db/suprsync.db"));
    BOOST_TEST(served.status().degraded);
    BOOST_TEST(!served.ready().ready);
    catalog.locked.reset();
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(!served.status().degraded);
}

BOOST_FIXTURE_TEST_CASE(a_lock_is_a_condition_also_while_the_catalog_is_prepared, daemon_world) {
    catalog.fail_next("prepare_step", disk_error());
    catalog.locked = time.now() - 60;
    begin();
    BOOST_TEST(!condition(condition_kind::database_locked).empty());
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_is_a_condition, daemon_world) {
    begin();
    // Of the local root, of the database, of the file root; and of each archive for its history.
    BOOST_TEST(disk.count("space") == 3U + 2U);
    disk.free_space.bytes_free = disk.free_space.bytes_total / 100;
    time.advance(61);
    const auto message = condition(condition_kind::disk_nearly_full);
    BOOST_TEST(holds_text(message, "/data: 10.0 GB free (1.0 %)"));
    BOOST_TEST(holds_text(message, "/data/db: "));
    BOOST_TEST(holds_text(message, "delete_local_after"));
    BOOST_TEST(!served.ready().ready);
    BOOST_TEST(holds_text(served.ready().reason, "disk_nearly_full: /data"));
    disk.free_space.bytes_free = disk.free_space.bytes_total / 20;
    time.advance(61);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(served.ready().ready);
}

BOOST_FIXTURE_TEST_CASE(a_disk_that_has_few_inodes_left_is_a_condition, daemon_world) {
    begin();
    disk.free_space.inodes_free = disk.free_space.inodes_total / 100;
    time.advance(61);
    BOOST_TEST(holds_text(condition(condition_kind::disk_nearly_full), "/data: 1000 inodes free (1.0 %), "));
    BOOST_TEST(!served.ready().ready);
    disk.free_space.inodes_free = disk.free_space.inodes_total;
    time.advance(61);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(disks_of_registered_files_are_watched_wherever_they_lie, daemon_world) {
    begin();
    const auto id = add("deep/a");
    committed();
    BOOST_REQUIRE(verified(id));
    disk.device += 1;  // of all that the configuration names
    disk.calls.clear();
    time.advance(61);
    BOOST_TEST(disk.count("space") == 4U + 2U);
    BOOST_TEST(std::count(disk.calls.begin(), disk.calls.end(), "space /data/deep") == 1 + 1);
}

BOOST_FIXTURE_TEST_CASE(a_change_that_cannot_be_written_is_a_condition_until_something_can, daemon_world) {
    begin();
    for (int n = 0; n < 3; ++n) catalog.fail_next(n == 0 ? "set_paused" : "try_writing", disk_error());
    BOOST_TEST(!set_paused("smurf", true).has_value());
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(!served.ready().ready);
    for (int n = 0; n < 2; ++n) {
        time.advance(1);
        BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    }
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(served.ready().ready);
    time.advance(10);
    BOOST_TEST(catalog.count("try_writing") == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_watched_is_a_condition, daemon_world) {
    begin();
    catalog.fail_next("take_changes", disk_error());
    time.advance(0.15);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(being_idle_costs_a_look_at_the_catalogs_version, daemon_world) {
    begin();
    const auto calls = catalog.calls.size();
    const auto looks = catalog.count("take_changes");
    const auto sent = there().calls.size();
    time.advance(600);
    BOOST_TEST(there().calls.size() == sent);
    BOOST_TEST(catalog.count("take_changes") - looks <= 6001U);
    // Of each archive the worker's question and the finalizer's two, every sleep_time; who serves them; and
    // the row of the history. Twice in that time, whether a copy of each is doubtful, or not synced.
    BOOST_TEST(catalog.calls.size() - calls - (catalog.count("take_changes") - looks) ==
               (2 * 3 + 2) * 10U + 2 * 2 * 2U);
}

BOOST_FIXTURE_TEST_CASE(takes_changes_when_the_catalog_tells_of_them_and_once_a_second_at_least,
                        daemon_world) {
    begin();
    const auto polls_within = [&](double seconds) {
        const auto before = catalog.count("take_changes");
        time.advance(seconds);
        return catalog.count("take_changes") - before;
    };
    catalog.told_of_changes = 0.25;
    polls_within(1);
    BOOST_TEST(polls_within(10) == 40U);
    catalog.told_of_changes = 3600;
    polls_within(1);
    BOOST_TEST(polls_within(10) == 10U);
}

BOOST_FIXTURE_TEST_CASE(catalog_that_fails_is_asked_again_after_a_second, daemon_world) {
    begin();
    const auto before = catalog.count("take_changes");
    for (int n = 0; n < 5; ++n)
        catalog.fail_next("take_changes", {failure_code::catalog, "read", "db", "disk I/O error"});
    time.advance(4);
    BOOST_TEST(catalog.count("take_changes") - before <= 5U);
    time.advance(4);
    BOOST_TEST(catalog.count("take_changes") - before >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()

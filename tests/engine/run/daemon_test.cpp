// The daemon from its start: preparing, serving, taking in what other programs commit, and the conditions
// that are of no single archive.
#include "engine/run/daemon.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

failure disk_error(const std::string& operation) {
    return {failure_code::catalog, operation, "db", "disk I/O error"};
}

// Tells what is in the way as something of one archive.
catalog_changes in_smurf(archive_changes changes) {
    catalog_changes all;
    all.changed = true;
    all.archives["smurf"] = std::move(changes);
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_starts)

BOOST_FIXTURE_TEST_CASE(the_catalog_is_prepared_before_anything_is_served, daemon_world) {
    const auto id = add("a");
    catalog.preparation_steps = 4;
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
    BOOST_TEST(conditions_held() == 0U);
    BOOST_TEST(verified(id));
    const auto first_serve = std::find(catalog.calls.begin(), catalog.calls.end(), "serve");
    BOOST_TEST(std::count(catalog.calls.begin(), first_serve, "prepare_step") == 4);
    BOOST_TEST(std::count(catalog.calls.begin(), first_serve, "load_work") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_preparation_that_fails_is_a_condition_and_tried_again, daemon_world) {
    catalog.fail_next("prepare_step", disk_error("prepare"));
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(!served.ready().ready);
    time.advance(1);
    BOOST_TEST(served.ready().ready);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_cannot_be_served_is_a_condition_and_tried_again, daemon_world) {
    catalog.fail_next("serve", disk_error("serve"));
    catalog.fail_next("memory", disk_error("read"));
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error, "smurf"), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error, "smurf"), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(served.ready().ready);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_pause_outlives_the_process, daemon_world) {
    catalog.archives["smurf"].memory.paused = true;
    catalog.archives["smurf"].memory.pause_reason = "the base directory is another";
    const auto paused = add("a"), other = add("b", "timestreams");
    begin();
    BOOST_TEST(!verified(paused));
    BOOST_TEST(verified(other));
    BOOST_TEST(there().calls.empty());
    BOOST_TEST(holds_text(condition(condition_kind::paused, "smurf"), "the base directory is another"));
    BOOST_TEST(set_paused("smurf", false).has_value());
    settle(loop);
    BOOST_TEST(verified(paused));
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(daemon_watches)

BOOST_FIXTURE_TEST_CASE(what_another_program_commits_is_copied_at_once, daemon_world) {
    begin();
    const auto id = add("a");
    time.advance(1);
    BOOST_TEST(!verified(id));  // nobody said so; the next full pass would find it
    committed();
    BOOST_TEST(verified(id));
    BOOST_TEST(catalog.verified(id));
}

BOOST_FIXTURE_TEST_CASE(without_any_sign_a_full_pass_finds_it, daemon_world) {
    begin();
    const auto id = add("a");
    time.advance(60);
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(late_files_are_counted, daemon_world) {
    begin();
    archive_changes late;
    late.late = {7, 8};
    committed(in_smurf(late));
    committed(in_smurf(late));
    BOOST_TEST(activity().late_files == 4);
    BOOST_TEST(activity("timestreams").late_files == 0);
}

BOOST_FIXTURE_TEST_CASE(a_back_dated_registration_is_a_condition_that_names_it, daemon_world) {
    begin();
    there().hold();
    archive_changes late;
    late.back_dated = {catalog.rows.at(add("a")).row};
    late.back_dated_count = 3;
    committed(in_smurf(late));
    BOOST_TEST(holds_text(condition(condition_kind::back_dated, "smurf"), "3 files"));
    BOOST_TEST(
        holds_text(condition(condition_kind::back_dated, "smurf"), "/data/a (id 1, timestamp 1700050000)"));
    time.advance(700);
    BOOST_TEST(!condition(condition_kind::back_dated, "smurf").empty());  // it has not arrived
    there().release();
    time.advance(1);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_condition_is_to_be_seen_for_a_while, daemon_world) {
    begin();
    archive_changes late;
    late.back_dated = {catalog.rows.at(add("a")).row};
    late.back_dated_count = 1;
    committed(in_smurf(late));
    BOOST_TEST(verified(1));
    time.advance(590);
    BOOST_TEST(conditions_held() == 1U);
    time.advance(20);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_locked_database_is_a_condition_after_a_while, daemon_world) {
    begin();
    catalog.locked = time.now();
    catalog.errors = 17;
    time.advance(4);
    BOOST_TEST(conditions_held() == 0U);
    BOOST_TEST(served.status().counters.errors_sqlite == 17U);
    time.advance(2);
    BOOST_TEST(holds_text(condition(condition_kind::database_locked), "fuser -v /data/db/suprsync.db"));
    BOOST_TEST(served.status().degraded);
    catalog.locked.reset();
    time.advance(1);
    BOOST_TEST(conditions_held() == 0U);
    BOOST_TEST(!served.status().degraded);
}

BOOST_FIXTURE_TEST_CASE(a_lock_is_a_condition_also_while_the_catalog_is_prepared, daemon_world) {
    catalog.fail_next("prepare_step", disk_error("prepare"));
    catalog.locked = time.now() - 60;
    begin();
    BOOST_TEST(!condition(condition_kind::database_locked).empty());
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_is_a_condition, daemon_world) {
    begin();
    BOOST_TEST(disk.count("space") == 2U);  // of the local root, of the database
    disk.free_space.free = disk.free_space.total / 100;
    time.advance(61);
    const auto message = condition(condition_kind::disk_nearly_full);
    BOOST_TEST(holds_text(message, "/data: 10.0 GB free (1.0 %)"));
    BOOST_TEST(holds_text(message, "/data/db/: "));
    BOOST_TEST(holds_text(message, "delete_local_after"));
    disk.free_space.free = disk.free_space.total / 20;
    time.advance(61);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_watched_is_a_condition, daemon_world) {
    begin();
    catalog.fail_next("take_changes", disk_error("look"));
    time.advance(0.15);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(being_idle_costs_a_look_at_the_catalogs_version, daemon_world) {
    begin();
    const auto calls = catalog.calls.size();
    const auto looks = catalog.count("take_changes");
    const auto sent = there().calls.size();
    time.advance(600);
    BOOST_TEST(there().calls.size() == sent);
    BOOST_TEST(catalog.count("take_changes") - looks <= 6001U);
    // Of each archive the worker's question and the finalizer's two, every sleep_time.
    BOOST_TEST(catalog.calls.size() - calls - (catalog.count("take_changes") - looks) == 2 * 3 * 10U);
}

BOOST_FIXTURE_TEST_CASE(takes_changes_when_the_catalog_tells_of_them_and_once_a_second_at_least,
                        daemon_world) {
    begin();
    const auto looks_within = [&](double seconds) {
        const auto before = catalog.count("take_changes");
        time.advance(seconds);
        return catalog.count("take_changes") - before;
    };
    catalog.told_of_changes = 0.25;
    looks_within(1);
    BOOST_TEST(looks_within(10) == 40U);
    catalog.told_of_changes = 3600;
    looks_within(1);
    BOOST_TEST(looks_within(10) == 10U);
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

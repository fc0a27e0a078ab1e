// Finalizing days (spec, Timecode directories): when a directory is completed, synced, finalized, and what is
// written.
#include "engine/run/finalizer.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(finalizer_days)

BOOST_FIXTURE_TEST_CASE(a_day_that_is_over_and_verified_is_announced, finalizer_world) {
    old_file("smurf/a"), old_file("suprsync_logs/b"), old_file("c");
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    const auto row = announcements()[0];
    BOOST_TEST(row.local_path == "/data/suprsync/17000/crate1/1700050000_smurf_16990_finalized.yaml");
    BOOST_TEST(row.remote_path == "17000/suprsync/crate1/1700050000_smurf_16990_finalized.yaml");
    BOOST_TEST(row.archive_name == "smurf");
    BOOST_TEST(row.timestamp == time.now());
    BOOST_TEST(text_of(row) ==
               R"(archive_name: "smurf"
finalized_at: 1700050000.000000
finalized_until: 1700050000.000000
instance_id: "crate1"
num_files: 3
subdirs:
  - "smurf"
  - "suprsync_logs"
timecode: 16990
)");
    BOOST_TEST(day(16990).completed);
    BOOST_TEST(day(16990).synced);
    BOOST_TEST(day(16990).finalized);
    BOOST_TEST((day(16990).finalize_file_id == row.id));
    BOOST_TEST(memory().finalized_until_published == time.now());
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(days.idle());
}

BOOST_FIXTURE_TEST_CASE(a_day_is_announced_once, finalizer_world) {
    old_file("a");
    begin();
    wake();
    time.advance(3600);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(disk.count("write_whole") == 1U);
    BOOST_TEST(days.idle());
}

// Nobody wakes it: days become complete by themselves.
BOOST_FIXTURE_TEST_CASE(a_day_is_completed_by_the_clock, finalizer_world) {
    deliver(add("a"));
    begin();
    time.advance(1.5 * one_timecode - 100);  // still the day after
    BOOST_TEST(announcements().empty());
    BOOST_TEST(!day(17000).completed);
    BOOST_TEST(days.idle());
    time.advance(200);
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(announcements()[0].remote_path.starts_with("17002/suprsync/crate1/"));
}

BOOST_FIXTURE_TEST_CASE(a_day_is_completed_by_a_newer_directory_with_data, finalizer_world) {
    deliver(add("a"));
    begin();
    insert("/f", "17001/suprsync/crate1/1_smurf_16998_finalized.yaml");  // is no data
    insert("/data/b", "17001/b", "m", "timestreams");                    // nor is another archive's
    insert("/data/b", "17002/b", "m");                                   // nor is the far future
    wake();
    BOOST_TEST(!day(17000).completed);
    insert("/data/c", "17001/c", "m");
    wake();
    BOOST_TEST(day(17000).finalized);
    BOOST_TEST(!day(17001).completed);
}

BOOST_FIXTURE_TEST_CASE(a_completed_day_waits_until_every_file_is_settled, finalizer_world) {
    old_file("a");
    const auto waits = old_file("b", false), ignored = old_file("c", false);
    ignore(ignored);
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(day(16990).completed);
    BOOST_TEST(!day(16990).synced);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(days.idle());
    verify(waits);
    wake();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "num_files: 2\n"));  // ignored ones are not counted
}

// The predecessor had one archive wait for the files of another, and count them.
BOOST_FIXTURE_TEST_CASE(files_of_another_archive_never_count, finalizer_world) {
    old_file("a");
    insert("/data/other", "16990/other", "m", "timestreams");
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "num_files: 1\n"));
    BOOST_TEST((!day(16990, "timestreams").finalized));
}

BOOST_FIXTURE_TEST_CASE(finalization_files_alone_need_no_announcement, finalizer_world) {
    const auto id = insert("/f", "16990/suprsync/crate1/1_smurf_16980_finalized.yaml", "m");
    verify(id);
    begin();
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(disk.count("write_whole") == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_promise_is_never_taken_back, finalizer_world) {
    old_file("a");
    ask(catalog.promise_finalized_until("smurf", time.now() - 10)).value();
    const auto waits = add("b");
    change(waits, "timestamp = timestamp - 500");
    const auto published = ask(catalog.counts("smurf")).value().finalized_until_published;
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), fmt::format("finalized_until: {:.6f}\n", published)));
}

// The site's bus is told each minute, and a sync at the destination may take longer.
BOOST_FIXTURE_TEST_CASE(a_promise_that_was_made_while_the_day_was_looked_at_stands, finalizer_world) {
    old_file("a");
    catalog.before = [&](const std::string& function) {
        if (function == "memory") others.execute("UPDATE suprsync_archives SET finalized_until = 1800000000");
    };
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "finalized_until: 1800000000.000000\n"));
}

BOOST_FIXTURE_TEST_CASE(the_promise_is_the_oldest_unsettled_file, finalizer_world) {
    old_file("a");
    const auto waits = add("b");
    change(waits, "timestamp = timestamp - 500");
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "finalized_until: 1700049499.000000\n"));
    BOOST_TEST(memory().finalized_until_published == time.now() - 501);
}

BOOST_FIXTURE_TEST_CASE(a_late_file_is_announced_by_a_further_revision, finalizer_world) {
    old_file("a");
    begin();
    time.advance(100);
    const auto late = old_file("late", false);
    wake();
    BOOST_TEST(announcements().size() == 1U);  // not before it is settled
    verify(late);
    wake();
    BOOST_REQUIRE(announcements().size() == 2U);
    BOOST_TEST(!holds_text(text_of(announcements()[0]), "revision"));
    BOOST_TEST(holds_text(text_of(announcements()[1]), "\nrevision: 2"));
    BOOST_TEST(holds_text(text_of(announcements()[1]), "num_files: 2\n"));
    time.advance(100);
    old_file("later");
    wake();
    BOOST_TEST(holds_text(text_of(announcements()[2]), "\nrevision: 3"));
}

BOOST_FIXTURE_TEST_CASE(revisions_are_a_second_apart, finalizer_world) {
    old_file("a");
    begin();
    old_file("late");
    wake();
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(!days.idle());  // --once waits for it
    time.advance(1);
    BOOST_REQUIRE(announcements().size() == 2U);
    BOOST_TEST(announcements()[1].timestamp - announcements()[0].timestamp == 1);
    BOOST_TEST(announcements()[1].remote_path != announcements()[0].remote_path);
    BOOST_TEST(days.idle());
}

BOOST_FIXTURE_TEST_CASE(several_days_are_announced_in_one_pass, finalizer_world) {
    old_file("a");
    for (const auto* other : {"16991/a", "16992/a"}) old_file_at(other);
    begin();
    BOOST_TEST(announcements().size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(finalizer_figures)

BOOST_FIXTURE_TEST_CASE(figures_follow_the_catalog, finalizer_world) {
    begin();
    BOOST_TEST(archive.counts.files == 0);
    const auto id = add("a");
    wake();
    BOOST_TEST(archive.counts.files == 1);
    BOOST_TEST(archive.counts.unsettled == 1);
    BOOST_TEST(archive.counts.last_file_added == "/data/a");
    deliver(id);
    wake();
    BOOST_TEST(archive.counts.unsettled == 0);
    BOOST_TEST(archive.counts.last_file_copied == "/data/a");
}

BOOST_FIXTURE_TEST_CASE(failed_files_are_a_condition_until_they_are_retried, finalizer_world) {
    const auto a = add("a"), b = add("b");
    change(a, "failed_copy_attempts = 4");
    begin();
    BOOST_TEST(condition_count() == 0U);
    for (const auto id : {a, b}) change(id, "failed_copy_attempts = 5");
    archive.raise(condition_kind::copies_lost, "as the deleter does");
    wake();
    BOOST_TEST(holds_text(condition(condition_kind::files_failed), "2 files used up all attempts"));
    BOOST_TEST(holds_text(condition(condition_kind::files_failed), "; the first is /data/"));
    change(a, "failed_copy_attempts = 0");
    ignore(b);
    wake();
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_row_without_a_time_is_named_until_it_has_one, finalizer_world) {
    const auto id = add("a");
    begin();
    BOOST_TEST(condition_count() == 0U);
    change(id, "timestamp = '2026-11-28'");
    wake();
    BOOST_TEST(holds_text(condition(condition_kind::undated_files),
                          "first: /data/a (id 1, timestamp '2026-11-28')"));
    change(id, "timestamp = 1700000000");
    wake();
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(being_idle_costs_nothing, finalizer_world) {
    old_file("a");
    begin();
    const auto calls = catalog.calls.size();
    time.advance(3600);
    BOOST_TEST(catalog.calls.size() - calls == 120U);  // two questions every sleep_time
    BOOST_TEST(disk.count("write_whole") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

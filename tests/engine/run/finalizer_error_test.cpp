// Finalizing when things go wrong: blocked days, files that come in between, crashes, and failures.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(finalizer_errors)

namespace {

const std::string first_file = "/data/suprsync/17000/crate1/1700050000_smurf_16990_finalized.yaml";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_day_that_failed_files_block_names_them, finalizer_world) {
    old_file("a");
    std::vector<file_id> failed;
    for (const auto* name : {"b", "c", "d", "e"}) {
        failed.push_back(old_file(name, false));
        change(failed.back(), "failed_copy_attempts = 5");
    }
    const auto on_its_way = old_file("f", false);
    begin();
    BOOST_TEST(condition(condition_kind::finalization_blocked).empty());  // one is still on its way
    verify(on_its_way);
    wake();
    const auto message = condition(condition_kind::finalization_blocked);
    BOOST_TEST(holds_text(message, "timecode 16990 (4 failed: /data/b, /data/c, /data/d, ...)"));
    BOOST_TEST(holds_text(message, "suprsync retry smurf --state failed, or suprsync ignore ID"));
    BOOST_TEST(announcements().empty());
    BOOST_TEST(days.idle());  // nothing that --once could wait for
    for (const auto id : failed) ignore(id);
    wake();
    BOOST_TEST(condition(condition_kind::finalization_blocked).empty());
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_day_is_not_announced_before_a_sync_there_was_answered, finalizer_world) {
    old_file("a");
    there.on_stat = [](const stat_request& request, stat_report& report) {
        BOOST_TEST(request.sync_first);
        report.end.error = failure{failure_code::io, "look at files at", "there", "sync -f failed"};
    };
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(!disk.files.contains(first_file));
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "sync -f failed"));
    there.on_stat = {};
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
}

BOOST_FIXTURE_TEST_CASE(after_a_sync_that_failed_a_day_waits_until_its_copies_are_read_anew,
                        finalizer_world) {
    const auto id = old_file("a");
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.sync_failed = true;
        report.end.error = failure{failure_code::io, "look at files at", "there", "sync -f failed"};
    };
    begin();
    BOOST_TEST(memory().unproved);
    // The next sync knows nothing of it.
    there.on_stat = {};
    time.advance(100);
    BOOST_TEST(announcements().empty());
    const auto copies = ask(catalog.real().load_unproved("smurf", 0, 10)).value();
    BOOST_TEST(copies.files.size() == 1U);
    ask(catalog.real().record_proved("smurf", {id}, copies.scanned_to)).value();
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(!there.stat_requests.front().failed_sync_known);
    BOOST_TEST(there.stat_requests.back().failed_sync_known);
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
}

BOOST_FIXTURE_TEST_CASE(a_failed_sync_that_the_catalog_cannot_record_is_not_forgotten, finalizer_world) {
    old_file("a");
    there.on_stat = [](const stat_request&, stat_report& report) {
        report.sync_failed = true;
        report.end.error = failure{failure_code::io, "look at files at", "there", "sync -f failed"};
    };
    catalog.fail_next("distrust_copies", {failure_code::catalog, "write", "the catalog", "disk I/O error"});
    begin();
    there.on_stat = {};
    BOOST_TEST(!memory().unproved);
    time.advance(1);
    BOOST_TEST(memory().unproved);
    BOOST_TEST(there.count("stat") == 1U);
    BOOST_TEST(announcements().empty());
}

BOOST_FIXTURE_TEST_CASE(a_day_is_not_announced_while_the_destination_is_down, finalizer_world) {
    old_file("a");
    archive.connection.failed(time.now(), 0);
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(there.calls.empty());
    archive.connection.answered();
    wake();
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_comes_before_the_registration_undoes_it, finalizer_world) {
    old_file("a");
    catalog.before = [&](const std::string& function) {
        if (function != "register_finalization") return;
        catalog.before = {};
        old_file("between", false);
    };
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(!disk.files.contains(first_file));  // it said what is no longer so
    BOOST_TEST(!day(16990).finalized);
    BOOST_TEST(condition_count() == 0U);
    others.execute("UPDATE supersync_v0 SET remote_md5sum = 'm'");
    time.advance(1);
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "num_files: 2\n"));
    BOOST_TEST(!holds_text(text_of(announcements()[0]), "revision"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_comes_before_the_counting_is_waited_for, finalizer_world) {
    old_file("a");
    catalog.before = [&](const std::string& function) {
        if (function == "summarize") old_file("between", false), catalog.before = {};
    };
    begin();
    BOOST_TEST(announcements().empty());
    BOOST_TEST(disk.count("write_whole") == 0U);
}

// Killed between writing and registering: the next start writes and registers a file of its own.
BOOST_FIXTURE_TEST_CASE(a_file_that_was_written_and_not_registered_is_taken_away, finalizer_world) {
    old_file("a");
    const std::string of_the_last_start = "/data/suprsync/17000/crate1/1700049990_smurf_16990_finalized.yaml";
    ask(catalog.begin_finalization("smurf", of_the_last_start)).value();
    disk.write(of_the_last_start, "of the last start");
    disk.write(first_file, "of the same second");
    begin();
    BOOST_TEST(!disk.files.contains(of_the_last_start));
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(announcements()[0].local_path == first_file);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "timecode: 16990"));
    BOOST_TEST(ask(catalog.timecodes({"smurf"})).value().at(0).revision == 1);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_written_that_a_kill_would_leave_unknown, finalizer_world) {
    old_file("a");
    catalog.fail_next("begin_finalization", disk_error());
    begin();
    BOOST_TEST(disk.count("write_whole") == 0U);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_written_is_a_condition_and_tried_again, finalizer_world) {
    old_file("a");
    disk.before = [&](const std::string& verb, const std::string& path) {
        if (verb == "write_whole") disk.failing[path] = disk_full(path);
    };
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), first_file));
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "No space left on device"));
    BOOST_TEST(announcements().empty());
    BOOST_TEST(catalog.count("register_finalization") == 0U);
    BOOST_TEST(!days.idle());
    time.advance(1);
    BOOST_TEST(disk.count("write_whole") == 2U);
    BOOST_TEST(!days.idle());
    time.advance(1);
    BOOST_TEST(disk.count("write_whole") == 3U);
    BOOST_TEST(days.idle());  // --once does not wait for it any longer
    disk.before = {};
    disk.failing.clear();
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_registration_that_fails_leaves_no_file, finalizer_world) {
    old_file("a");
    catalog.fail_next("register_finalization", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
    BOOST_TEST(!disk.files.contains(first_file));
    BOOST_TEST(days.failed());
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(!days.failed());
}

BOOST_FIXTURE_TEST_CASE(a_catalog_error_ends_where_the_day_is_not_due_any_more, finalizer_world) {
    old_file("a");
    catalog.fail_next("register_finalization", disk_error());
    begin();
    BOOST_TEST(!condition(condition_kind::catalog_error).empty());
    old_file("b", false);
    time.advance(1);
    BOOST_TEST(announcements().empty());
    BOOST_TEST(condition_count() == 0U);
}

// --once would otherwise end with figures that nobody read.
BOOST_FIXTURE_TEST_CASE(counts_that_cannot_be_read_are_read_again, finalizer_world) {
    catalog.fail_next("counts", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST((days.failed() && !days.idle()));
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST((!days.failed() && days.idle()));
}

// Where nothing is due afterwards, nothing is written; the condition ends all the same.
BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_read_is_a_condition_until_it_can, finalizer_world) {
    catalog.fail_next("timecodes_to_finalize", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    BOOST_TEST(condition(condition_kind::finalization_failed).empty());
    BOOST_TEST((days.failed() && !days.idle()));
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(days.idle());
}

BOOST_FIXTURE_TEST_CASE(every_catalog_failure_of_a_check_is_told_as_one, finalizer_world) {
    const auto check_told = [&](const std::string& operation) {
        BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"), operation);
        BOOST_TEST(condition(condition_kind::finalization_failed).empty());
        BOOST_TEST(announcements().empty());
        BOOST_TEST(days.failed());
    };
    old_file("a");
    const auto late = old_file("late", false);
    catalog.fail_next("mark_timecode", disk_error());
    begin();
    check_told("mark_timecode");
    verify(late);
    for (const auto* operation : {"summarize", "memory"}) {
        catalog.fail_next(operation, disk_error());
        wake();
        check_told(operation);
    }
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(one_day_that_cannot_be_written_does_not_hold_back_another, finalizer_world) {
    old_file("a");
    old_file_at("16991/b");
    disk.failing[first_file] = disk_full(first_file);
    begin();
    BOOST_TEST(!day(16990).finalized);
    BOOST_TEST(day(16991).finalized);
    BOOST_TEST(!condition(condition_kind::finalization_failed).empty());
}

BOOST_FIXTURE_TEST_CASE(a_stop_between_two_days_is_heard, finalizer_world) {
    old_file("a");
    old_file_at("16991/b");
    catalog.before = [&](const std::string& function) {
        if (function == "register_finalization") archive.stopping = true;
    };
    begin();
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(tasks_running() == 0U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

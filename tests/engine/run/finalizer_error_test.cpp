// Finalizing when things go wrong: blocked days, files that come in between, crashes, write failures, and
// finalization files that were not delivered for a day.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

const std::string first_file = "/data/suprsync/17000/crate1/1700050000_smurf_16990_finalized.yaml";

failure disk_full(const std::string& path) {
    return {failure_code::io, "write", path, "No space left on device"};
}

// A day was announced, and the file that says so was not delivered for more than a day.
struct stale_world : finalizer_world {
    file_row stale;
    stale_world() {
        old_file("smurf/a");
        begin();
        stop();
        archive.stopping = false;
        stale = announcements().at(0);
        time.advance(one_timecode + 10);
    }
    reissue_outcome reissue() { return ask(reissue_finalization_file(archive, stale)); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(finalizer_errors)

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
    BOOST_TEST(holds_text(message, "retry or ignore"));
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
    ask(catalog.real().record_proved("smurf", {id}, copies.looked_to)).value();
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
    BOOST_TEST(conditions_held() == 0U);
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
BOOST_FIXTURE_TEST_CASE(a_file_that_was_written_and_not_registered_is_nobodys, finalizer_world) {
    old_file("a");
    disk.write("/data/suprsync/17000/crate1/1700049990_smurf_16990_finalized.yaml", "of the last start");
    disk.write(first_file, "of the same second");
    begin();
    BOOST_REQUIRE(announcements().size() == 1U);
    BOOST_TEST(announcements()[0].local_path == first_file);
    BOOST_TEST(holds_text(text_of(announcements()[0]), "timecode: 16990"));
    BOOST_TEST(ask(catalog.timecodes({"smurf"})).value().at(0).revision == 1);
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
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_registration_that_fails_leaves_no_file, finalizer_world) {
    old_file("a");
    catalog.fail_next("register_finalization", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "disk I/O error"));
    BOOST_TEST(!disk.files.contains(first_file));
    time.advance(1);
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(conditions_held() == 0U);
}

// Where nothing is due afterwards, nothing is written; the condition ends all the same.
BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_read_is_a_condition_until_it_can, finalizer_world) {
    catalog.fail_next("timecodes_to_finalize", disk_error());
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(conditions_held() == 0U);
    BOOST_TEST(days.idle());
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
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(finalizer_issues_anew)

BOOST_FIXTURE_TEST_CASE(under_the_timecode_that_is_current_then, stale_world) {
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(row(stale.id).ignore);
    BOOST_REQUIRE(announcements().size() == 2U);
    const auto anew = announcements()[1];
    BOOST_TEST(anew.remote_path == "17001/suprsync/crate1/1700150010_smurf_16990_finalized.yaml");
    BOOST_TEST(holds_text(ignore_reason(stale.id), anew.remote_path));
    BOOST_TEST(holds_text(text_of(anew), "finalized_at: 1700150010.000000"));
    BOOST_TEST(holds_text(text_of(anew), "num_files: 1\n"));
    BOOST_TEST(!holds_text(text_of(anew), "revision"));  // it says again what was said
    BOOST_TEST((day(16990).finalize_file_id == anew.id));
}

BOOST_FIXTURE_TEST_CASE(never_at_the_path_of_the_old_file, stale_world) {
    // Set back to the second in the old name, as after a wrong clock was put right.
    time.advance(-one_timecode - 10);
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_REQUIRE(announcements().size() == 2U);
    BOOST_TEST(announcements()[1].remote_path != stale.remote_path);
    BOOST_TEST(disk.files.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(not_a_file_that_was_delivered_meanwhile, stale_world) {
    change(stale.id, "local_md5sum = 'm', remote_md5sum = 'm'");
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(disk.files.size() == 1U);  // what was written for it is discarded
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_write_failure_leaves_the_old_file, stale_world) {
    disk.before = [&](const std::string& verb, const std::string& path) {
        if (verb == "write_whole") disk.failing[path] = disk_full(path);
    };
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    BOOST_TEST(!row(stale.id).ignore);
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "No space left"));
    disk.before = {};
    disk.failing.clear();
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(nothing_where_it_is_unknown_what_the_file_announces, finalizer_world) {
    const auto id = insert("/f", "16998/suprsync/crate1/1_smurf_16997_finalized.yaml");
    BOOST_TEST((ask(reissue_finalization_file(archive, row(id))) == reissue_outcome::unknown));
    BOOST_TEST(disk.files.empty());
    BOOST_TEST(!row(id).ignore);
}

BOOST_AUTO_TEST_SUITE_END()

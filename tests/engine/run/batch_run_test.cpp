#include "engine/run/batch_run.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_judges)

namespace {

// rsync ends with 23 where any file failed: the connection lasted.
void end_with_23(fake_transport& there) {
    there.on_stage = [](const stage_request&, stage_report& report) { report.end.exit_class = "23"; };
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_goes_all_the_way, archive_world) {
    const auto id = add("smurf/a", "content");
    time.advance(5);
    const auto result = copy();
    BOOST_TEST(!result.error.has_value());
    BOOST_TEST(result.moved);
    BOOST_TEST(result.done == std::vector<std::string>{"17000/smurf/a"}, boost::test_tools::per_element());
    BOOST_TEST(result.left_staged.empty());
    BOOST_TEST(verified(id));
    BOOST_TEST((row(id).copied == time.now()));
    BOOST_TEST(there.published.at("17000/smurf/a") == "content");
    BOOST_TEST(there.staged[0].empty());
    BOOST_TEST((identity(id) == disk.files.at("/data/smurf/a").identity));
    BOOST_TEST(disk.count("digest") == 0U);  // its registered sum is trusted: no need to read it twice
    BOOST_TEST(counters.copies == 1U);
    BOOST_TEST(archive.files_verified == 1);
}

// It has no sum, and would have to be read to be held against what stands there.
BOOST_FIXTURE_TEST_CASE(a_file_that_cannot_be_opened_is_not_asked_for_at_the_destination, archive_world) {
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    there.published["17000/a"] = "content of a";
    auto work = all_work();
    disk.failing["/data/a"] = {failure_code::place, "open", "/data/a", "its disk does not answer"};
    const auto result = copy(std::move(work), {id});
    BOOST_TEST(there.count("stat") == 0U);
    BOOST_TEST(result.asked.empty());
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    disk.failing.clear();
    time.advance(61);
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 0U);
}

// The predecessor rolled the whole batch back for one bad file.
BOOST_FIXTURE_TEST_CASE(every_file_is_judged_on_its_own, archive_world) {
    const auto good = add("good"), gone = add("gone"), closed = add("closed"), differs = add("differs");
    end_with_23(there);
    auto work = all_work();
    disk.files.erase("/data/gone");
    disk.failing["/data/closed"] = {failure_code::not_permitted, "open", "/data/closed", "permission denied"};
    there.on_digests = [](const digest_request& request, digest_report& report) {
        for (std::size_t i = 0; i < request.remote_paths.size(); ++i)
            if (request.remote_paths[i] == "17000/differs") report.md5[i] = fake_md5("damaged");
    };
    const auto result = copy(std::move(work));
    BOOST_TEST(!result.error.has_value());
    BOOST_TEST(verified(good));
    for (const auto id : {gone, closed, differs}) {
        BOOST_TEST_CONTEXT(row(id).local_path) {
            BOOST_TEST(!verified(id));
            BOOST_TEST(row(id).failed_copy_attempts == 1);
            BOOST_TEST((view(id).next_attempt_at == time.now() + 10));
        }
    }
    BOOST_TEST(holds_text(last_error(gone), "no such file"));
    BOOST_TEST(holds_text(last_error(closed), "permission denied"));
    BOOST_TEST(holds_text(last_error(differs), "checksums differ"));
    BOOST_TEST((row(differs).remote_md5sum == fake_md5("damaged")));  // the answer, also where it differs
    BOOST_TEST((row(differs).copied == time.now()));
    BOOST_TEST(there.published.size() == 1U);
    BOOST_TEST(counters.errors_nonzero == 1U);
    BOOST_TEST((last->error == "nonzero exit"));
}

BOOST_FIXTURE_TEST_CASE(a_file_is_opened_once_below_its_roots_and_what_is_open_is_sent, archive_world) {
    const auto id = add("a", "content");
    change(id, "local_md5sum = ''");
    std::string sent;
    there.on_stage = [&](const stage_request& request, stage_report&) { sent = request.items[0].read_at; };
    copy();
    BOOST_TEST(verified(id));
    BOOST_TEST(disk.count("open") == 1U);
    BOOST_TEST(disk.count("digest") == 1U);
    BOOST_TEST(disk.opened_below == archive.config.file_roots(), boost::test_tools::per_element());
    BOOST_TEST(sent == "/open/data/a");
}

BOOST_FIXTURE_TEST_CASE(a_name_that_changes_hands_ends_the_attempt, archive_world) {
    const auto id = add("a", "content");
    there.on_stage = [&](const stage_request&, stage_report&) {
        disk.files.erase("/data/a");
        disk.write("/data/a", "another", time.now() - 100);
    };
    copy();
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(holds_text(last_error(id), "changed while it was copied"));
    BOOST_TEST(there.published.empty());
}

BOOST_FIXTURE_TEST_CASE(what_rsync_says_of_a_file_is_its_last_error, archive_world) {
    const auto id = add("a");
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot].clear();
        report.complaints[0] = "mkstemp failed: Permission denied (13)";
        report.end.exit_class = "23";
    };
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(last_error(id) == "mkstemp failed: Permission denied (13)");
}

BOOST_FIXTURE_TEST_CASE(what_rsync_says_of_a_local_file_whose_disk_fails_costs_no_attempt, archive_world) {
    const auto id = add("a");
    bool fails = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot].clear();
        report.complaints[0] = "read errors mapping \"/data/a\": Input/output error (5)";
        report.end.exit_class = "23";
    };
    disk.before = [&](const std::string& verb, const std::string& path) {
        disk.failing.clear();
        if (verb == "digest" && fails)
            disk.failing[path] = failure{failure_code::place, "read", path, "Input/output error"};
    };
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(holds_text(last_error(id), "Input/output error"));
    // Where the file can be read, it is a failure as any other.
    fails = false;
    time.advance(61);
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(id), "read errors mapping"));
}

BOOST_FIXTURE_TEST_CASE(a_mismatch_is_compared_anew_next_time, archive_world) {
    const auto id = add("a");
    there.on_stage = [](const stage_request& request, stage_report&) {
        BOOST_TEST((request.mode == stage_mode::resume));
    };
    there.on_digests = [](const digest_request&, digest_report& report) { report.md5[0] = fake_md5("?"); };
    const auto result = copy();
    BOOST_TEST(compared_next_time(id));
    BOOST_TEST(result.left_staged.size() == 1U);
    there.on_digests = {};
    there.on_stage = [](const stage_request& request, stage_report&) {
        BOOST_TEST((request.mode == stage_mode::compare));
    };
    time.advance(10);
    copy(all_work(stage_mode::compare));
    BOOST_TEST(verified(id));
    BOOST_TEST(!compared_next_time(id));
    BOOST_TEST(last_error(id).empty());
}

BOOST_FIXTURE_TEST_CASE(content_that_was_never_registered_is_corrupt_and_failed_at_once, archive_world) {
    const auto id = add("a", "registered content");
    disk.write("/data/a", "other content here", time.now() - 100);  // a disk error: not modified since
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 5);
    BOOST_TEST(holds_text(last_error(id), "not what was registered"));
    BOOST_TEST(there.published.empty());
    BOOST_TEST(disk.files.contains("/data/a"));
}

BOOST_FIXTURE_TEST_CASE(a_file_modified_since_its_registration_is_copied_as_it_now_is, archive_world) {
    const auto id = add("a", "old");
    time.advance(100);
    disk.write("/data/a", "new content", time.now() - 50);
    copy();
    BOOST_TEST(verified(id));
    BOOST_TEST(row(id).local_md5sum == fake_md5("new content"));
    BOOST_TEST(there.published.at("17000/a") == "new content");
}

BOOST_FIXTURE_TEST_CASE(a_file_without_a_checksum_gets_one, archive_world) {
    const auto id = add("a");
    const auto empty = add("empty", "");
    for (const auto file : {id, empty}) change(file, "local_md5sum = \'\'");
    copy();
    BOOST_TEST(verified(id));
    BOOST_TEST(verified(empty));
    BOOST_TEST(row(id).local_md5sum == fake_md5("content of a"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changes_while_it_is_copied_loses_no_attempt, archive_world) {
    for (const bool hashed : {false, true}) {
        const auto id = add(hashed ? "a" : "b");
        if (hashed) change(id, "local_md5sum = ''");
        there.on_stage = [&](const stage_request&, stage_report&) {
            disk.write(row(id).local_path, "it grew");
        };
        copy();
        BOOST_TEST(row(id).failed_copy_attempts == 0);
        BOOST_TEST((view(id).next_attempt_at == time.now() + 10));
        BOOST_TEST(
            compared_next_time(id));  // nothing to append to: what is staged is of content that is gone
        BOOST_TEST(holds_text(last_error(id), "changed while it was copied"));
        BOOST_TEST(there.published.empty());
    }
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changes_while_it_is_hashed_is_no_other, archive_world) {
    const auto id = add("a");
    change(id, "local_md5sum = ''");
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "digest") disk.write("/data/a", "rewritten..."), disk.before = {};
    };
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(holds_text(last_error(id), "changed while it was copied"));
    BOOST_TEST(there.published.empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_goes_away_while_it_is_copied_loses_an_attempt, archive_world) {
    const auto id = add("a");
    there.on_stage = [&](const stage_request&, stage_report&) { disk.files.clear(); };
    copy();
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(!row(id).remote_md5sum.has_value());  // equal sums would mean verified
    BOOST_TEST(there.published.empty());
}

// An mtime younger than 2 s cannot tell a write in the same tick of the clock (spec, Deleting, 2).
BOOST_FIXTURE_TEST_CASE(an_identity_is_recorded_only_where_it_can_be_trusted, archive_world) {
    const auto young = add("young"), old = add("old");
    disk.write("/data/young", "content of young", time.now() - 1.5);
    disk.write("/data/old", "content of old", time.now() - 2);
    copy();
    BOOST_TEST(verified(young));
    BOOST_TEST(!identity(young).has_value());
    BOOST_TEST(verified(old));
    BOOST_TEST((identity(old) == disk.files.at("/data/old").identity));
}

// What is sent after a cut is the rest alone: nobody knows what the file was when its beginning was read.
BOOST_FIXTURE_TEST_CASE(no_identity_is_recorded_of_a_file_of_which_a_part_lay_there, archive_world) {
    const auto part = add("part"), whole = add("whole");
    auto work = all_work();
    for (auto& file : work.files)
        if (file.item.row.id == part) file.staged_in = work.slot;
    copy(std::move(work));
    BOOST_TEST(verified(part));
    BOOST_TEST(!identity(part).has_value());
    BOOST_TEST(verified(whole));
    BOOST_TEST((identity(whole) == disk.files.at("/data/whole").identity));
}

// Whoever wrote what stands at the final path wrote it at a time that nobody knows.
BOOST_FIXTURE_TEST_CASE(what_stood_there_already_is_doubtful_after_a_failed_sync_though_the_file_was_sent,
                        archive_world) {
    ask(catalog.real().distrust_copies("smurf")).value();
    const auto fresh = add("fresh");
    copy(all_work());
    BOOST_TEST(verified(fresh));
    BOOST_TEST(!memory().unproved);
    const auto id = add("a");
    there.published["17000/a"] = "content of a";
    copy(all_work());
    BOOST_TEST(verified(id));
    BOOST_TEST(memory().unproved);
}

BOOST_AUTO_TEST_SUITE_END()

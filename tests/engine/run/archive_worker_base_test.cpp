// The worker, the base directory and what lies in staging.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

const base_identity other_base{"beef", 2};

std::string swept(const fake_transport& there) {
    std::string all;
    for (const auto& file : there.swept) all += std::to_string(file.slot) + " " + file.remote_path + "\n";
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(archive_worker_base)

BOOST_FIXTURE_TEST_CASE(the_base_may_be_made_only_while_nothing_is_verified, worker_world) {
    begin();
    BOOST_TEST(there.prepared.at(0).may_create_base);
    BOOST_TEST(!there.prepared.at(0).expected.has_value());
    BOOST_TEST(catalog.count("remember_base") == 0U);
    add("a");
    wake();
    BOOST_TEST((memory().base == there.facts.identity));
    archive.connection.reset();
    wake();
    BOOST_TEST(!there.prepared.at(1).may_create_base);
    BOOST_TEST((there.prepared.at(1).expected == there.facts.identity));
    BOOST_TEST(catalog.count("remember_base") == 1U);
}

// --once ended here before the day was announced: the batch was over, and nobody had looked since.
BOOST_FIXTURE_TEST_CASE(the_worker_is_not_idle_while_the_first_batch_has_the_base_recorded, worker_world) {
    std::vector<bool> idle;
    catalog.before = [&](const std::string& function) {
        if (function == "remember_base") idle.push_back(worker.idle());
    };
    there.hold();
    add("a");
    begin();
    wake();  // looks again while the batch is in flight, and finds nothing more
    there.release();
    settle(loop);
    BOOST_TEST(idle == (std::vector<bool>{false}), boost::test_tools::per_element());
    BOOST_TEST(worker.idle());
}

BOOST_FIXTURE_TEST_CASE(a_look_at_the_destination_leaves_slots_in_use_alone, worker_world) {
    begin();
    BOOST_TEST(there.prepared.back().slots_in_use.empty());
    there.hold();
    add("a");
    wake();
    archive.connection.reset();
    wake();
    BOOST_TEST(there.prepared.size() == 2U);
    BOOST_TEST(there.prepared.back().slots_in_use == (std::vector<int>{0}), boost::test_tools::per_element());
    there.release();
}

// A catalog that the Python agent has used for years: rows are verified, no base is recorded.
BOOST_FIXTURE_TEST_CASE(the_base_of_verified_rows_is_recorded_at_the_first_probe, worker_world) {
    deliver(add("a"));
    begin();
    BOOST_TEST(!there.prepared.at(0).may_create_base);
    BOOST_TEST((memory().base == there.facts.identity));
}

BOOST_FIXTURE_TEST_CASE(another_base_pauses_the_archive_until_a_person_resumes_it, worker_world) {
    ask(catalog.real().remember_base("smurf", there.facts.identity)).value();
    deliver(add("old"));
    there.facts.identity = other_base;
    const auto id = add("a");
    begin();
    BOOST_TEST(archive.paused);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "suprsync resume smurf"));
    BOOST_TEST(memory().paused);
    BOOST_TEST(worker.idle());
    time.advance(3600);
    BOOST_TEST(there.count("prepare") == there.calls.size());  // only looked at
    BOOST_TEST(!verified(id));

    worker.resume();
    settle(loop);
    BOOST_TEST(!archive.paused);
    BOOST_TEST(!there.prepared.back().expected.has_value());
    BOOST_TEST((memory().base == other_base));
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
    archive.connection.reset();
    wake();
    BOOST_TEST((there.prepared.back().expected == other_base));  // taken as it was then, not for ever
}

BOOST_FIXTURE_TEST_CASE(another_base_is_not_taken_before_copies_there_were_asked_for, worker_world) {
    ask(catalog.real().remember_base("smurf", there.facts.identity)).value();
    deliver(add("old"));
    there.facts.identity = base_identity{"beef", 2};
    const auto id = add("a");
    begin();
    BOOST_REQUIRE(archive.paused);
    auto answer = error(failure_code::connection, "lost");
    there.on_stat = [&](const stat_request&, stat_report& report) { report.end.error = answer; };
    worker.resume();
    wake();
    BOOST_TEST(!verified(id));
    BOOST_TEST(!condition(condition_kind::destination_unreachable).empty());
    // What takes too long keeps nobody who wants it so from going on.
    answer = error(failure_code::timed_out, "took longer than 60 s");
    time.advance(retry_in());
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(a_base_that_changes_while_files_are_sent_pauses_the_archive_too, worker_world) {
    begin();
    add("a");
    there.down = error(failure_code::base_changed, "another file system");
    wake();
    BOOST_TEST(archive.paused);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "another file system"));
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_base_that_is_missing_pauses_the_archive_once_anything_was_verified, worker_world) {
    deliver(add("old"));  // also where no base was recorded yet
    there.down = error(failure_code::base_missing, "no such directory");
    const auto id = add("a");
    begin();
    BOOST_TEST(archive.paused);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "the archive is paused"));
    worker.resume();
    settle(loop);
    BOOST_TEST(archive.paused);  // it is still missing
    there.down.reset();
    time.advance(600);
    BOOST_TEST(archive.paused);
    worker.resume();
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_missing_parent_is_waited_for_before_anything_was_verified, worker_world) {
    there.down = error(failure_code::base_missing, "its parent does not exist");
    const auto id = add("a");
    begin();
    BOOST_TEST(!archive.paused);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "its parent does not exist"));
    there.down.reset();
    time.advance(1);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(refused_staging_is_a_condition_and_files_still_go, worker_world) {
    there.facts.staging.clear();
    there.facts.staging_refused = "the base directory is a mount point: set remote_staging_dir";
    const auto id = add("a");
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::staging_unavailable), "set remote_staging_dir"));
    BOOST_TEST(verified(id));
    there.facts.staging = "/.suprsync/uuid/smurf";
    archive.connection.reset();
    wake();
    BOOST_TEST(condition_count() == 0U);
}

// Nothing but the base directory's identity tells an unmounted disk then: it is looked at before each start,
// and only then.
BOOST_FIXTURE_TEST_CASE(without_staging_the_base_is_looked_at_before_files_are_sent, worker_world) {
    there.facts.staging.clear();
    begin();
    const auto failed = add("failed"), id = add("a");
    change(failed, "failed_copy_attempts = 5");
    archive.counts = ask(catalog.counts("smurf")).value();
    const auto probes = there.count("prepare");
    wake();
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("prepare") == probes + 1);
    time.advance(600);
    BOOST_TEST(there.count("prepare") == probes + 1);  // a file that has failed is nothing to send
    add("b");
    there.facts.identity = other_base;
    wake();
    BOOST_TEST(archive.paused);
    BOOST_TEST(!there.published.contains("17000/b"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(archive_worker_staging)

BOOST_FIXTURE_TEST_CASE(leftovers_that_nothing_waits_for_are_swept_at_the_start, worker_world) {
    const auto waits = add("waits"), settled = add("settled"), ignored = add("ignored");
    deliver(settled);
    ignore(ignored);
    there.staged = {{0, {{"17000/gone", "x"}}},
                    {1, {{"17000/settled", "x"}, {"17000/ignored", "x"}}},
                    {2, {{"17000/waits", "cont"}}},
                    {99, {{"17000/foreign", "x"}}}};
    begin();
    BOOST_TEST(swept(there) == "0 17000/gone\n1 17000/ignored\n1 17000/settled\n99 17000/foreign\n");
    BOOST_TEST(verified(waits));
    BOOST_TEST(there.stage_requests.at(0).slot == 2);  // goes on where it was left
}

BOOST_FIXTURE_TEST_CASE(of_a_file_in_several_slots_the_longest_part_is_kept, worker_world) {
    add("a");
    there.staged = {{0, {{"17000/a", "co"}}}, {1, {{"17000/a", "conten"}}}, {2, {{"17000/a", "con"}}}};
    begin();
    BOOST_TEST(there.stage_requests.at(0).slot == 1);
    BOOST_TEST(swept(there) == "0 17000/a\n2 17000/a\n");
    for (const auto& [slot, files] : there.staged) BOOST_TEST(files.empty());
}

BOOST_FIXTURE_TEST_CASE(what_lies_staged_of_a_file_that_is_withdrawn_is_swept, worker_world) {
    const auto id = add("a");
    there.on_digests = [](const digest_request&, digest_report& report) { report.md5[0] = fake_md5("?"); };
    begin();
    BOOST_TEST(there.staged[0].size() == 1U);
    BOOST_TEST(there.swept.empty());
    ignore(id);
    wake();
    BOOST_TEST(swept(there) == "0 17000/a\n");
    time.advance(600);
    BOOST_TEST(there.count("sweep") == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

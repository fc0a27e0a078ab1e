// The worker while its destination is well: what it starts, when, and how much of it at a time.
#include "engine/run/archive_worker.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/rules/finalization.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_copies)

namespace {

struct one_by_one_world : worker_world {
    one_by_one_world() : worker_world(one_by_one()) {}
};

struct limited_world : worker_world {
    static archive_configuration limited() {
        auto c = one_by_one();
        c.bwlimit = "1m";
        return c;
    }
    limited_world() : worker_world(limited()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_destination_is_probed_before_anything_is_sent, worker_world) {
    const auto id = add("a");
    begin();
    BOOST_TEST(there.calls.front() == "prepare");
    BOOST_TEST(there.count("prepare") == 1U);
    BOOST_TEST(there.prepared.front().catalog_uuid == catalog.uuid());
    BOOST_TEST(verified(id));
    BOOST_TEST(there.published.at("17000/a") == "content of a");
    BOOST_TEST(worker.idle());
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_registration_is_copied_when_it_comes, worker_world) {
    begin();
    BOOST_TEST(there.count("stage") == 0U);
    const auto id = add("a");
    wake();
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("prepare") == 1U);
}

BOOST_FIXTURE_TEST_CASE(several_batches_are_in_flight_up_to_the_concurrency, one_by_one_world) {
    std::vector<file_id> ids;
    for (const auto* name : {"a", "b", "c", "d", "e"}) ids.push_back(add(name));
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 3U);
    BOOST_TEST(worker.batches_in_flight() == 3U);
    BOOST_TEST(archive.files_in_flight == 3);
    BOOST_TEST(!worker.idle());
    std::set<int> slots;
    for (const auto& r : there.stage_requests) slots.insert(r.slot);
    BOOST_TEST(slots.size() == 3U);  // each in a staging slot of its own
    wake();
    BOOST_TEST(there.waiting() == 3U);
    there.release();
    settle(loop);
    BOOST_TEST(there.most_waiting() == 3U);
    for (const auto id : ids) BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 5U);  // and no file twice
    BOOST_TEST(worker.batches_in_flight() == 0U);
    BOOST_TEST(archive.files_in_flight == 0);
}

BOOST_FIXTURE_TEST_CASE(a_slow_batch_does_not_hold_back_what_comes_later, worker_world) {
    const auto slow = add("slow");
    there.hold();
    begin();
    const auto later = add("later");
    wake();
    BOOST_TEST(there.waiting() == 2U);
    BOOST_TEST(!verified(slow));
    there.release();
    settle(loop);
    BOOST_TEST(verified(slow));
    BOOST_TEST(verified(later));
}

BOOST_FIXTURE_TEST_CASE(with_a_bandwidth_limit_one_batch_goes_at_a_time, limited_world) {
    add("a"), add("b");
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 1U);
    there.release();
    settle(loop);
    BOOST_TEST(there.most_waiting() == 1U);
    BOOST_TEST(there.count("stage") == 2U);
}

BOOST_FIXTURE_TEST_CASE(finalization_files_go_first_then_the_oldest, one_by_one_world) {
    const auto c = add("c"), a = add("a"), b = add("b");
    change(c, "timestamp = timestamp + 10"), change(a, "timestamp = timestamp - 10");
    disk.write("/f", "finalized");
    insert("/f", "17000/suprsync/crate1/1_smurf_16999_finalized.yaml", fake_md5("finalized"));
    change(b, "failed_copy_attempts = 1");  // behind what has not been tried
    there.hold();
    begin();
    there.release();
    settle(loop);
    std::vector<std::string> order;
    for (const auto& r : there.stage_requests) order.push_back(r.items.at(0).remote_path.substr(6));
    BOOST_TEST(
        order == (std::vector<std::string>{"suprsync/crate1/1_smurf_16999_finalized.yaml", "a", "c", "b"}),
        boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_missing_is_tried_again_by_the_clock, worker_world) {
    const auto missing = add("missing"), fine = add("fine");
    disk.files.erase("/data/missing");
    begin();
    BOOST_TEST(verified(fine));
    BOOST_TEST(row(missing).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(missing), "no such file"));
    BOOST_TEST((archive.next_attempt == time.now() + 10));
    BOOST_TEST(!worker.idle());  // --once waits for it
    time.advance(9.9);
    BOOST_TEST(row(missing).failed_copy_attempts == 1);
    disk.write("/data/missing", "content of missing", time.now() - 200);
    time.advance(0.2);  // nobody wakes it
    BOOST_TEST(verified(missing));
    BOOST_TEST(last_error(missing).empty());
    BOOST_TEST(!archive.next_attempt.has_value());
    BOOST_TEST(worker.idle());
}

BOOST_FIXTURE_TEST_CASE(attempts_are_used_up_and_the_file_left_alone, worker_world) {
    const auto id = add("a");
    disk.files.erase("/data/a");
    begin();
    time.advance(10 + 60 + 600 + 3600);
    BOOST_TEST(row(id).failed_copy_attempts == 5);
    BOOST_TEST(worker.idle());
    time.advance(3600);
    BOOST_TEST(row(id).failed_copy_attempts == 5);
    BOOST_TEST(there.count("stage") == 0U);
    retry_request by_a_person;
    by_a_person.ids = {id};
    ask(catalog.retry(by_a_person)).value();
    disk.write("/data/a", "content of a", time.now() - 5000);
    wake();
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(what_can_never_succeed_is_failed_at_once_and_not_sent, worker_world) {
    const auto holder = add("a");
    const auto claimant = insert("/data/other", "17000/a", fake_md5("other"));
    disk.write("/data/other", "other", time.now() - 100);
    const auto escaping = insert("/data/other", "17000/../../etc/passwd");
    begin();
    BOOST_TEST(verified(holder));
    BOOST_TEST(there.published.at("17000/a") == "content of a");
    BOOST_TEST(row(claimant).failed_copy_attempts == 5);
    BOOST_TEST(holds_text(last_error(claimant), "belongs to another local file, /data/a"));
    BOOST_TEST(row(escaping).failed_copy_attempts == 5);
    BOOST_TEST(holds_text(last_error(escaping), "lead out of the base directory"));
    BOOST_TEST(there.published.size() == 1U);
    BOOST_TEST(worker.idle());
}

BOOST_FIXTURE_TEST_CASE(a_later_registration_of_the_same_file_takes_its_place, worker_world) {
    const auto first = add("a", "one"), second = add("a", "two!");
    begin();
    BOOST_TEST(row(first).ignore);
    BOOST_TEST(holds_text(ignore_reason(first), "superseded by a later registration"));
    BOOST_TEST(verified(second));
    BOOST_TEST(batch_sizes() == std::vector<std::size_t>{1}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(one_row_of_a_destination_path_is_in_flight_at_a_time, worker_world) {
    const auto first = add("a", "one");
    there.hold();
    begin();
    const auto second = add("a", "two!");
    wake();
    BOOST_TEST(there.waiting() == 1U);
    there.release();
    settle(loop);
    BOOST_TEST(verified(second));
    BOOST_TEST(there.published.at("17000/a") == "two!");
    time.advance(10);
    BOOST_TEST(row(first).ignore);  // its content is gone
    BOOST_TEST(there.published.at("17000/a") == "two!");
}

BOOST_FIXTURE_TEST_CASE(what_settles_at_sight_makes_place_for_others, one_by_one_world) {
    for (int i = 0; i < 20; ++i) {
        const auto gone = add("gone" + std::to_string(i));
        change(gone, "timestamp = timestamp - 100");
        disk.files.erase(row(gone).local_path);
    }
    const auto id = add("a");
    begin();
    BOOST_TEST(verified(id));  // without a minute's wait for each three that are gone
}

// A large file would keep the others waiting for as long as it takes.
BOOST_FIXTURE_TEST_CASE(a_slot_that_files_wait_for_is_taken_by_others_last, worker_world) {
    const auto first = add("first");
    there.on_digests = [](const digest_request&, digest_report& report) { report.md5[0] = fake_md5("?"); };
    there.on_publish = [](const std::vector<publish_item>&, publish_report& report) {
        report.outcomes.assign(report.outcomes.size(), publish_outcome::unverified);
    };
    begin();
    BOOST_TEST(row(first).failed_copy_attempts == 1);
    there.on_digests = {};
    there.on_publish = {};
    there.hold();
    add("second");
    wake();
    BOOST_TEST(there.stage_requests.back().slot == 1);
    time.advance(10);
    BOOST_TEST(there.stage_requests.back().slot == 0);  // where the first one lies
    there.release();
    settle(loop);
    BOOST_TEST(verified(first));
}

BOOST_FIXTURE_TEST_CASE(a_local_path_that_is_none_fails_at_once, worker_world) {
    const auto relative = insert("data/a", "17000/a", fake_md5("x"));
    const auto empty = insert("", "17000/b", fake_md5("x"));
    begin();
    for (const auto id : {relative, empty}) {
        BOOST_TEST(row(id).failed_copy_attempts == 5);
        BOOST_TEST(holds_text(last_error(id), "local_path"));
    }
    BOOST_TEST(there.count("stage") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_tried_before_is_asked_for_first_but_only_once, worker_world) {
    const auto id = add("a");
    change(id, "copied = 1");
    there.on_stage = [&](const stage_request&, stage_report&) { there.staged[0]["17000/a"] = "damaged"; };
    begin();
    BOOST_TEST(there.count("stat") == 1U);
    there.on_stage = {};
    time.advance(10);
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stat") == 1U);
}

BOOST_FIXTURE_TEST_CASE(being_idle_costs_nothing, worker_world) {
    add("a");
    begin();
    const auto calls = there.calls.size();
    const auto looks = disk.calls.size();
    const auto asked = catalog.calls.size();
    time.advance(3600);
    BOOST_TEST(there.calls.size() == calls);
    BOOST_TEST(disk.calls.size() == looks);
    BOOST_TEST(catalog.calls.size() - asked == 60U);  // a look every sleep_time, no other question
    BOOST_TEST(worker.idle());
}

BOOST_FIXTURE_TEST_CASE(a_stale_finalization_file_is_issued_anew_and_that_one_sent, worker_world) {
    const auto data = add("a");
    deliver(data);
    const auto summary = ask(catalog.summarize("smurf", 17000)).value();
    disk.write("/f", "old");
    const auto old =
        ask(catalog.register_finalization(
                "smurf", summary,
                {"/f", "17000/suprsync/crate1/1_smurf_17000_finalized.yaml", "smurf", "", time.now(), true},
                time.now()))
            ->id;
    time.advance(stale_finalization_age + 100'000);
    begin();
    BOOST_TEST(row(old).ignore);
    BOOST_TEST(holds_text(ignore_reason(old), "issued anew"));
    BOOST_TEST(there.published.size() == 2U);
    BOOST_TEST(there.published.rbegin()->first.starts_with("17002/suprsync/crate1/"));
    BOOST_TEST(holds_text(there.published.rbegin()->second, "timecode: 17000"));
}

// A predecessor may have written it: what it announces is not known here, but its readers wait for it.
BOOST_FIXTURE_TEST_CASE(a_stale_finalization_file_of_unknown_content_is_sent_as_it_is, worker_world) {
    disk.write("/f", "old", time.now() - 200'000);
    const auto id = insert("/f", "16998/suprsync/crate1/1_smurf_16997_finalized.yaml", "");
    change(id, "timestamp = timestamp - 200000");
    begin();
    BOOST_TEST(verified(id));
    BOOST_TEST(!row(id).ignore);
}

BOOST_AUTO_TEST_SUITE_END()

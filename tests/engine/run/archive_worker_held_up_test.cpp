// The worker and what keeps it from working though the destination is well: a staging slot that another
// process holds, a catalog that fails. None of it costs a file an attempt.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_and_staging_slots)

BOOST_FIXTURE_TEST_CASE(a_slot_that_another_process_holds_is_left_alone_for_a_while, worker_world) {
    const auto id = add("a");
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        if (request.slot != 0) return;
        there.staged[0].clear();
        report.bytes = 0;
        report.end = {error(failure_code::slot_busy), "86"};
    };
    begin();
    BOOST_TEST(verified(id));  // in the next slot, at once
    BOOST_TEST(there.stage_requests.back().slot == 1);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
    BOOST_TEST(condition_count() == 0U);
    const auto staged = [&] {
        add("f" + std::to_string(there.stage_requests.size()));
        wake();
        return there.stage_requests.back().slot;
    };
    time.advance(4.9);
    BOOST_TEST(staged() == 1);
    there.on_stage = {};
    time.advance(0.2);
    BOOST_TEST(staged() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_lies_in_a_slot_that_is_held_waits_for_it, worker_world) {
    there.staged[0]["17000/a"] = "cont";
    const auto id = add("a");
    bool held = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        if (held && request.slot == 0) report.bytes = 0, report.end = {error(failure_code::slot_busy), "86"};
    };
    begin();
    BOOST_TEST(!verified(id));
    BOOST_TEST(there.count("stage") == 1U);
    held = false;
    time.advance(6);
    BOOST_TEST(verified(id));
    BOOST_TEST(there.stage_requests.back().slot == 0);
}

// Whatever hung there is ended by a look at the destination, and what it left is swept.
BOOST_FIXTURE_TEST_CASE(a_slot_that_was_held_is_looked_at_until_it_is_free, worker_world) {
    const auto id = add("a");
    bool held = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        if (!held || request.slot != 0) return;
        there.staged[0]["17000/a"] = "co";  // what the one that hangs has written
        report.bytes = 0, report.end = {error(failure_code::slot_busy), "86"};
    };
    there.on_prepare = [&](const prepare_request&, result<destination_facts>& facts) {
        if (held && facts && there.prepared.size() > 1) facts->locked_slots = {0};
    };
    begin();
    BOOST_TEST(verified(id));  // by slot 1
    BOOST_TEST(there.prepared.size() == 1U);
    BOOST_TEST(there.staged[0].size() == 1U);
    BOOST_TEST(worker.idle());
    time.advance(5);
    BOOST_TEST(there.prepared.size() == 2U);
    BOOST_TEST(condition(condition_kind::slot_busy).empty());
    time.advance(5);
    BOOST_TEST(there.prepared.size() == 3U);
    BOOST_TEST(holds_text(condition(condition_kind::slot_busy), "staging slot 0"));
    held = false;
    time.advance(5);
    BOOST_TEST(there.prepared.size() == 4U);
    BOOST_TEST(condition(condition_kind::slot_busy).empty());
    BOOST_TEST(there.staged[0].empty());
    time.advance(3600);
    BOOST_TEST(there.prepared.size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(archive_worker_and_the_catalog)

// The local disk may be full for hours: the destination is not asked in a circle meanwhile.
BOOST_FIXTURE_TEST_CASE(what_cannot_be_recorded_is_asked_for_again_in_a_while, worker_world) {
    const auto id = add("a");
    for (int i = 0; i < 3; ++i) catalog.fail_next("record", disk_error("disk full"));
    begin();
    BOOST_TEST(catalog.count("record") == 1U);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk full"));
    time.advance(0.9);
    BOOST_TEST(catalog.count("record") == 1U);
    time.advance(10);
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 1U);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
}

BOOST_FIXTURE_TEST_CASE(what_fails_at_sight_and_cannot_be_recorded_waits, worker_world) {
    const auto id = add("a");
    disk.files.clear();
    catalog.fail_next("record", disk_error("disk full"));
    begin();
    BOOST_TEST(catalog.count("record") == 1U);
    BOOST_TEST(!condition(condition_kind::catalog_error).empty());
    time.advance(1);
    BOOST_TEST(catalog.count("record") == 2U);
    BOOST_TEST(row(id).failed_copy_attempts == 1);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_cannot_be_read_is_a_condition_until_it_can, worker_world) {
    begin();
    catalog.fail_next("load_work", disk_error());
    wake();
    BOOST_TEST(!worker.idle());
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(worker.idle());
}

BOOST_AUTO_TEST_SUITE_END()

// The worker and errors of the connection, of time, of space. None of them costs a file an attempt.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_and_the_connection)

namespace {

struct one_by_one_world : worker_world {
    one_by_one_world() : worker_world(one_by_one()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_dead_destination_is_probed_with_growing_delays, worker_world) {
    const auto id = add("a");
    there.down = error(failure_code::connection, "No route to host");
    begin();
    const auto message = condition(condition_kind::destination_unreachable);
    BOOST_TEST(holds_text(message, "No route to host"));
    BOOST_TEST(holds_text(message, "no file loses an attempt"));
    BOOST_TEST(holds_text(message, "tried again at"));
    // Half of the full delay, since random is 0 here: 2 s, 4 s, ... up to 300 s.
    for (const double delay : {1, 2, 4, 8, 16, 32, 64, 128, 150, 150}) {
        const auto probes = there.count("prepare");
        const double left = retry_in();
        BOOST_TEST(left <= delay + 1e-6);
        BOOST_TEST(left > delay - 0.1);
        BOOST_TEST((archive.next_attempt == archive.connection.retry_at()));
        wake();
        time.advance(left - 0.1);
        BOOST_TEST(there.count("prepare") == probes);
        time.advance(0.11);
        BOOST_TEST(there.count("prepare") == probes + 1);
    }
    BOOST_TEST(there.count("prepare") == there.calls.size());  // half open: nothing but the probe goes
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(catalog.outcomes.empty());
    BOOST_TEST(worker.gave_up());
    there.down.reset();
    time.advance(300);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition(condition_kind::destination_unreachable).empty());
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
    BOOST_TEST(!archive.next_attempt.has_value());
    BOOST_TEST(!worker.gave_up());
}

BOOST_FIXTURE_TEST_CASE(a_private_directory_that_is_gone_says_nothing_of_the_destination, worker_world) {
    const auto id = add("a");
    there.down = error(failure_code::runtime_directory, "No space left on device");
    begin();
    BOOST_TEST(holds_text(condition(condition_kind::runtime_directory), "No space left on device"));
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    there.down.reset();
    time.advance(5);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_delay_of_a_probe_is_jittered, worker_world) {
    random = 0.5;
    there.down = error(failure_code::connection);
    begin();
    BOOST_TEST(retry_in() == 1.5, boost::test_tools::tolerance(1e-6));
}

BOOST_FIXTURE_TEST_CASE(several_batches_that_die_of_one_cut_are_one_failure, one_by_one_world) {
    const auto a = add("a"), b = add("b"), c = add("c"), d = add("d");
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 3U);
    there.down = error(failure_code::connection, "connection lost");
    there.release();
    settle(loop);
    BOOST_TEST(worker.batches_in_flight() == 0U);
    BOOST_TEST(archive.connection.failures_in_a_row() == 1);
    BOOST_TEST(there.count("stage") == 3U);  // the fourth waits
    there.down.reset();
    time.advance(1);
    BOOST_TEST(there.count("prepare") == 2U);
    for (const auto id : {a, b, c, d}) {
        BOOST_TEST(verified(id));
        BOOST_TEST(row(id).failed_copy_attempts == 0);
    }
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(each_kind_of_error_is_a_condition_that_ends_with_it, worker_world) {
    const std::vector<std::pair<failure_code, const char*>> kinds{
        {failure_code::connection, condition_kind::destination_unreachable},
        {failure_code::timed_out, condition_kind::destination_unreachable},
        {failure_code::stalled, condition_kind::destination_unreachable},
        {failure_code::not_permitted, condition_kind::destination_unreachable},
        {failure_code::missing_program, condition_kind::missing_program}};
    begin();
    for (const auto& [code, kind] : kinds) {
        const auto id = add(std::string(name_of(code)));
        there.down = error(code, "what was said");
        wake();
        BOOST_TEST_CONTEXT(name_of(code)) {
            BOOST_TEST(holds_text(condition(kind), "what was said"));
            BOOST_TEST(condition_count() == 1U);
            there.down.reset();
            time.advance(2);
            BOOST_TEST(condition_count() == 0U);
            BOOST_TEST(verified(id));
            BOOST_TEST(row(id).failed_copy_attempts == 0);
        }
    }
}

// The destination answers, every transfer fails: one condition that counts, not one that comes and goes.
BOOST_FIXTURE_TEST_CASE(transfers_that_fail_are_one_condition_until_one_comes_through, worker_world) {
    const auto id = add("a");
    bool refused = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        if (!refused) return;
        there.staged[request.slot].clear();
        report.bytes = 0;
        report.end = {error(failure_code::io, "an option was refused"), "1"};
    };
    begin();
    const auto since = time.now();
    for (int i = 0; i < 10; ++i) time.advance(40);
    BOOST_REQUIRE(condition_count() == 1U);
    const auto held = conditions.list().at(0);
    BOOST_TEST(held.kind == condition_kind::destination_unreachable);
    BOOST_TEST(held.since == since);
    BOOST_TEST(held.count >= 5);
    BOOST_TEST(there.count("stage") < 12U);  // with a growing delay
    refused = false;
    time.advance(300);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_condition_of_failed_transfers_ends_where_no_file_is_left_to_transfer,
                        worker_world) {
    const auto id = add("a");
    there.on_stage = [&](const stage_request&, stage_report& report) {
        report.end = {error(failure_code::io), "1"};
    };
    begin();
    BOOST_TEST(condition_count() == 1U);
    ignore(id);
    time.advance(2);
    BOOST_TEST(condition_count() == 0U);
}

// A file whose transfer takes many times --copy-timeout still arrives, slice after slice, without a delay.
BOOST_FIXTURE_TEST_CASE(a_time_limit_after_bytes_arrived_is_no_failure, worker_world) {
    const auto id = add("big", std::string(1000, 'x'));
    std::size_t sent = 0;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        BOOST_TEST((request.mode == stage_mode::resume));
        BOOST_TEST(request.slot == there.stage_requests.front().slot);  // where the first part lies
        report.bytes = 100;
        sent += 100;
        there.staged[request.slot]["17000/big"] = std::string(sent, 'x');
        if (sent < 1000) report.end = {error(failure_code::timed_out), "timed out"};
    };
    begin();
    BOOST_TEST(verified(id));
    BOOST_TEST(there.count("stage") == 10U);
    BOOST_TEST(there.count("prepare") == 1U);
    BOOST_TEST(archive.connection.failures_in_a_row() == 0);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
}

BOOST_FIXTURE_TEST_CASE(a_slice_that_moved_bytes_counts_as_a_transfer_that_came_through, worker_world) {
    const auto id = add("big", std::string(1000, 'x'));
    int slice = 0;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot]["17000/big"].resize(100);
        report.bytes = 100;
        ++slice;
        if (slice == 7) return void(there.staged[request.slot]["17000/big"] = std::string(1000, 'x'));
        report.end = {error(slice % 2 == 1 ? failure_code::timed_out : failure_code::connection), "255"};
    };
    begin();
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(archive.connection.failures_in_a_row() == 1);
        BOOST_TEST(!worker.gave_up());
        time.advance(1);
    }
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(a_time_limit_without_a_byte_is_a_failure, worker_world) {
    add("a");
    there.on_stage = [](const stage_request&, stage_report& report) {
        report.bytes = 0;
        report.end = {error(failure_code::timed_out), "timed out"};
    };
    there.on_digests = [](const digest_request&, digest_report& report) { report.md5[0].reset(); };
    begin();
    BOOST_TEST(there.count("stage") == 1U);
    BOOST_TEST(retry_in() == 1, boost::test_tools::tolerance(1e-6));
    BOOST_TEST(!condition(condition_kind::destination_unreachable).empty());
}

BOOST_FIXTURE_TEST_CASE(without_space_one_batch_goes_at_a_time_and_then_room_is_made, one_by_one_world) {
    const auto a = add("a"), b = add("b"), c = add("c");
    bool full = true;
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        if (!full) return;
        there.staged[request.slot][request.items[0].remote_path].resize(3);
        report.end = {error(failure_code::no_space, "No space left on device"), "11"};
    };
    there.hold();
    begin();
    there.release();
    settle(loop);
    BOOST_TEST(there.count("stage") == 3U);
    BOOST_TEST(holds_text(condition(condition_kind::destination_full), "No space left on device"));
    BOOST_TEST(archive.connection.failures_in_a_row() == 1);
    time.advance(1);
    BOOST_TEST(there.count("stage") == 4U);  // one at a time
    BOOST_TEST(there.swept.empty());         // three that met it together are no repetition
    time.advance(2);
    BOOST_TEST(there.count("stage") == 5U);
    std::set<std::string> gave_way;
    for (const auto& file : there.swept) gave_way.insert(file.remote_path);
    BOOST_TEST(gave_way == (std::set<std::string>{"17000/b", "17000/c"}), boost::test_tools::per_element());
    BOOST_TEST(there.staged[there.stage_requests.back().slot].contains("17000/a"));
    BOOST_TEST(holds_text(there.calls.back(), "17000/a"));
    full = false;
    there.hold();
    time.advance(4);
    BOOST_TEST(there.waiting() == 1U);
    there.release();
    settle(loop);
    for (const auto id : {a, b, c}) {
        BOOST_TEST(verified(id));
        BOOST_TEST(row(id).failed_copy_attempts == 0);
    }
    BOOST_TEST(condition_count() == 0U);
    add("d"), add("e");
    there.hold();
    wake();
    BOOST_TEST(there.waiting() == 2U);  // and side by side again
}

BOOST_FIXTURE_TEST_CASE(the_condition_of_a_full_disk_ends_where_no_file_waits, worker_world) {
    const auto id = add("a");
    there.on_stage = [](const stage_request&, stage_report& report) {
        report.end = {error(failure_code::no_space), "11"};
    };
    begin();
    BOOST_TEST(!condition(condition_kind::destination_full).empty());
    ignore(id);
    time.advance(1);
    BOOST_TEST(condition(condition_kind::destination_full).empty());
}

BOOST_FIXTURE_TEST_CASE(a_transfer_without_a_sign_of_life_is_seen_by_the_watchdog, worker_world) {
    add("a");
    there.hold();
    begin();
    const double allowed = 10 * archive.config.stall_timeout + 60;
    time.advance(allowed - 1);
    BOOST_TEST(!worker.stuck());
    there.stage_requests.front().progress(1, 0);
    time.advance(allowed - 1);
    BOOST_TEST(!worker.stuck());
    time.advance(2);
    BOOST_TEST(worker.stuck());
    there.release();
    settle(loop);
    BOOST_TEST(!worker.stuck());
}

BOOST_AUTO_TEST_SUITE_END()

// A batch and errors of the connection: what arrived is delivered, and what did not loses no attempt.
#include <boost/test/unit_test.hpp>

#include "engine/run/batch_run.hpp"
#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_and_the_connection)

BOOST_FIXTURE_TEST_CASE(a_failure_of_the_link_costs_no_attempt, archive_world) {
    for (const auto code :
         {failure_code::connection, failure_code::no_space, failure_code::timed_out, failure_code::stalled,
          failure_code::slot_busy, failure_code::stopped, failure_code::missing_program}) {
        const auto id = add(std::string(name_of(code)));
        there.down = error(code);
        const auto result = copy();
        BOOST_TEST_CONTEXT(name_of(code)) {
            BOOST_REQUIRE(result.error.has_value());
            BOOST_TEST((result.error->code == code));
            BOOST_TEST(!result.moved);
            BOOST_TEST(row(id).failed_copy_attempts == 0);
            BOOST_TEST(last_error(id).empty());
            BOOST_TEST(!verified(id));
        }
        forget(id);
    }
    BOOST_TEST(catalog.outcomes.empty());
    BOOST_TEST(archive.files_in_flight == 0);
    BOOST_TEST(archive.bytes_in_flight == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_local_file_that_rsync_hangs_over_waits_alone_for_its_place, archive_world) {
    const auto hangs = add("hangs"), after = add("after");
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot].clear();
        const failure why{failure_code::place, "read", request.items[0].local_path, "no answer"};
        report.unreadable = {why};
        report.end = {why, "stalled"};
    };
    const auto result = copy();
    BOOST_REQUIRE(result.error.has_value());
    BOOST_TEST((result.error->code == failure_code::place));
    BOOST_TEST(holds_text(last_error(hangs), "no answer"));
    BOOST_TEST((view(hangs).next_attempt_at > time.now()));
    BOOST_TEST(last_error(after).empty());
    BOOST_TEST(row(hangs).failed_copy_attempts == 0);
    BOOST_TEST(row(after).failed_copy_attempts == 0);
}

// rsync's receiver gives up altogether where a write fails (EFBIG, EIO), and names the file.
BOOST_FIXTURE_TEST_CASE(a_file_that_rsync_gives_up_on_costs_the_others_nothing, archive_world) {
    const auto before = add("before"), bad = add("bad"), after = add("after");
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot]["17000/bad"].resize(3);
        there.staged[request.slot].erase("17000/after");
        report.complaints[1] = "write failed on \"17000/bad\": File too large (27)";
        report.end = {error(failure_code::io), "11"};
    };
    const auto result = copy();
    BOOST_TEST(!result.error.has_value());  // it was the file's, and the next batch may go at once
    BOOST_TEST(verified(before));
    BOOST_TEST(row(bad).failed_copy_attempts == 1);
    BOOST_TEST(holds_text(last_error(bad), "File too large"));
    BOOST_TEST(!verified(after));
    BOOST_TEST(row(after).failed_copy_attempts == 0);
    BOOST_TEST(last_error(after).empty());
}

BOOST_FIXTURE_TEST_CASE(whatever_rsync_ends_with_what_arrived_is_published, archive_world) {
    struct end {
        failure_code code;
        const char* exit_class;
        bool read_back;
    };
    for (const auto& [code, exit_class, read_back] :
         {end{failure_code::io, "11", true}, end{failure_code::no_space, "11", true},
          end{failure_code::not_permitted, "3", true}, end{failure_code::connection, "12", true},
          end{failure_code::connection, "20", true}, end{failure_code::connection, "255", true},
          end{failure_code::connection, "signal 9", true}, end{failure_code::stalled, "30", true},
          end{failure_code::timed_out, "timed out", true}, end{failure_code::stalled, "stalled", false},
          end{failure_code::stopped, "stopped", false}, end{failure_code::slot_busy, "86", false}}) {
        const auto whole = add(std::string("whole") + exit_class),
                   part = add(std::string("part") + exit_class);
        there.on_stage = [&](const stage_request& request, stage_report& report) {
            there.staged[request.slot][row(part).remote_path].resize(3);
            report.end = {error(code), exit_class};
        };
        const auto result = copy();
        BOOST_TEST_CONTEXT(name_of(code) << " " << exit_class) {
            BOOST_REQUIRE(result.error.has_value());
            BOOST_TEST((result.error->code == code));
            BOOST_TEST(verified(whole) == read_back);
            BOOST_TEST(!verified(part));
            for (const auto id : {whole, part}) BOOST_TEST(row(id).failed_copy_attempts == 0);
        }
        there.staged.clear();
        others.execute("DELETE FROM supersync_v0");
    }
}

// Only what a time limit cut short goes on at once: a hung md5sum would be asked in a circle.
BOOST_FIXTURE_TEST_CASE(a_limit_without_any_answer_is_no_progress, archive_world) {
    add("a"), add("b");
    there.on_digests = [](const digest_request&, digest_report& report) {
        report.md5.assign(report.md5.size(), std::nullopt);
        report.end = {error(failure_code::timed_out), "timed out"};
    };
    there.on_publish = [](const std::vector<publish_item>&, publish_report& report) {
        report.outcomes.assign(report.outcomes.size(), publish_outcome::unverified);
    };
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::timed_out));
    BOOST_TEST(result.moved);
    BOOST_TEST(!result.progressed);
}

// A probe beside the batch found staging refused: what was staged must not be told as published.
BOOST_FIXTURE_TEST_CASE(staging_that_goes_while_a_batch_runs_publishes_nothing, archive_world) {
    archive.destination.staging = "/staging";
    const auto id = add("a");
    there.on_stage = [&](const stage_request&, stage_report&) { archive.destination.staging.clear(); };
    const auto result = copy();
    BOOST_REQUIRE(result.error.has_value());
    BOOST_TEST((result.error->code == failure_code::staging_unavailable));
    BOOST_TEST(!verified(id));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(there.count("publish") + there.count("deliver") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_link_that_breaks_before_the_sums_are_read_says_nothing_of_the_files,
                        archive_world) {
    const auto id = add("a");
    there.on_digests = [](const digest_request&, digest_report& report) {
        report.md5[0].reset();
        report.end = {error(failure_code::connection), "255"};
    };
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::connection));
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(result.left_staged == std::vector<std::string>{"17000/a"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(answers_received_before_a_limit_count, archive_world) {
    const auto early = add("early"), late = add("late");
    there.on_digests = [](const digest_request&, digest_report& report) {
        report.md5[1].reset();
        report.end = {error(failure_code::timed_out), "timed out"};
    };
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::timed_out));
    BOOST_TEST(result.moved);
    BOOST_TEST(verified(early));
    BOOST_TEST(!verified(late));
    BOOST_TEST(row(late).failed_copy_attempts == 0);
}

BOOST_FIXTURE_TEST_CASE(a_file_cut_short_by_its_time_limit_goes_on_later, archive_world) {
    const auto id = add("big", std::string(1000, 'x'));
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot]["17000/big"].resize(300);
        report.bytes = 300;
        report.end = {error(failure_code::timed_out), "timed out"};
    };
    const auto result = copy();
    BOOST_TEST((result.error->code == failure_code::timed_out));
    BOOST_TEST(result.moved);
    BOOST_TEST(result.left_staged.size() == 1U);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
    BOOST_TEST(there.count("digests") == 0U);  // reading an incomplete file there would only cost time
    BOOST_TEST(counters.errors_timeout == 1U);
    BOOST_TEST((last->error == "timed out"));
}

// Of several files some arrived before the limit; the one that was cut differs of course.
BOOST_FIXTURE_TEST_CASE(what_arrived_before_a_time_limit_is_delivered, archive_world) {
    const auto first = add("first"), cut = add("cut"), third = add("third");
    there.on_stage = [&](const stage_request& request, stage_report& report) {
        there.staged[request.slot]["17000/cut"].resize(3);
        there.staged[request.slot].erase("17000/third");
        report.end = {error(failure_code::timed_out), "timed out"};
    };
    const auto result = copy();
    BOOST_TEST(verified(first));
    for (const auto id : {cut, third}) {
        BOOST_TEST(!verified(id));
        BOOST_TEST(row(id).failed_copy_attempts == 0);
        BOOST_TEST(last_error(id).empty());
    }
    BOOST_TEST(result.left_staged.size() == 2U);
    BOOST_TEST(!compared_next_time(cut));
}

BOOST_FIXTURE_TEST_CASE(progress_is_told_to_the_watchdog_and_the_meter, archive_world) {
    add("a", std::string(5000, 'x'));
    batch_run run(archive, all_work(), {});
    there.hold();
    start([](batch_run& r) -> boost::asio::awaitable<void> { co_await r.run(); }(run));
    const auto begun = run.last_progress();
    BOOST_TEST(archive.files_in_flight == 1);
    BOOST_TEST(archive.bytes_in_flight == 5000U);
    time.advance(7);
    BOOST_TEST((run.last_progress() == begun));
    there.stage_requests.front().progress(1000, 0);
    BOOST_TEST((run.last_progress() == begun + std::chrono::seconds(7)));
    BOOST_TEST(archive.meter.bytes_per_second(time.steady_now()) == 100);
    there.release();
    settle(loop);
    BOOST_TEST(tasks_running() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

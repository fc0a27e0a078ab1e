// The slow check of an archive's copies: its pace, what it yields to, and what becomes of what it finds.
#include "engine/run/scrubber.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(slow_checks_of_copies)

namespace {

constexpr double every = 10'000;  // s

archive_configuration scrubbing() {
    auto c = smurf_configuration();
    c.scrub_every = every;
    c.scrub_rate = "100MB";
    return c;
}

struct scrubbed_world : deleter_world {
    explicit scrubbed_world(archive_configuration c = scrubbing()) : deleter_world(std::move(c)) {}
    ~scrubbed_world() { end(); }
    scrubber scrub{archive};
    file_id first = due("a"), second = due("b");

    void check() { start(scrub.run()); }
    std::string lost() const { return condition(condition_kind::copies_lost); }
    std::size_t asked() const { return there.count("stat"); }
};

struct sampled_world : scrubbed_world {
    sampled_world() : scrubbed_world(smurf_configuration()) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_copy_is_asked_for_once_a_round_from_its_disk_without_a_sync, scrubbed_world) {
    check();
    BOOST_TEST(asked() == 1U);
    const auto& request = there.stat_requests.at(0);
    BOOST_TEST((request.md5 && request.from_disk && !request.sync_first));
    BOOST_TEST(request.remote_paths.size() == 2U);
    time.advance(every - 10);
    BOOST_TEST(asked() == 1U);
    BOOST_TEST(archive.oldest_check.value() <= time.now());
    time.advance(20);
    BOOST_TEST(asked() == 2U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_is_not_to_be_checked_is_not, sampled_world) {
    check();
    time.advance(10 * every);
    BOOST_TEST(asked() == 0U);
    BOOST_TEST(!archive.oldest_check.has_value());
}

BOOST_FIXTURE_TEST_CASE(it_reads_no_faster_than_the_rate_small_files_counting_as_seeks, scrubbed_world) {
    while (rows() < 500) due("f" + std::to_string(rows()));
    check();
    BOOST_TEST(asked() == 1U);
    // Of none the size is on record: 20 MB are likely, and 5 s of reading asked for.
    BOOST_TEST(there.stat_requests[0].remote_paths.size() == 25U);
    time.advance(25 * 0.001 - 0.005);  // 100 kB each
    BOOST_TEST(asked() == 1U);
    time.advance(0.01);
    BOOST_TEST(asked() == 2U);
}

BOOST_FIXTURE_TEST_CASE(whatever_else_is_to_be_done_goes_first, scrubbed_world) {
    archive.files_in_flight = 1;
    check();
    time.advance(1000);
    BOOST_TEST(asked() == 0U);
    archive.files_in_flight = 0;
    archive.deleting = true;
    time.advance(1000);
    BOOST_TEST(asked() == 0U);
    archive.deleting = false;
    archive.paused = true;
    time.advance(1000);
    BOOST_TEST(asked() == 0U);
    archive.paused = false;
    archive.connection.failed(time.now(), 1);
    archive.wake_all();
    settle(loop);
    BOOST_TEST(asked() == 0U);
    archive.connection.answered();
    archive.wake_all();
    settle(loop);
    BOOST_TEST(asked() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_round_goes_on_after_a_restart, scrubbed_world) {
    while (rows() < 500) due("f" + std::to_string(rows()));
    check();
    const auto files = there.stat_requests.at(0).remote_paths;
    stop();
    archive.scrub_wake.notify();
    settle(loop);
    BOOST_TEST(tasks_running() == 0U);
    archive.stopping = false;
    scrubber next(archive);
    start(next.run());
    BOOST_TEST(there.stat_requests.at(1).remote_paths.front() != files.front());
    end();
}

BOOST_FIXTURE_TEST_CASE(what_vanished_is_told_and_never_sent_again, scrubbed_world) {
    there.published.erase("17000/a");
    check();
    BOOST_TEST(holds_text(lost(), "17000/a"));
    BOOST_TEST(holds_text(lost(), "suprsync verify smurf --requeue"));
    BOOST_TEST(verified(first));
    time.advance(2 * every);
    BOOST_TEST(verified(first));
    // It is there again: the next look, within an hour, ends it.
    there.published["17000/a"] = "content of a";
    time.advance(scrubber::asked_again_after + 60);
    BOOST_TEST(lost().empty());
}

BOOST_FIXTURE_TEST_CASE(a_day_that_is_gone_there_waits_for_a_word, scrubbed_world) {
    there.published.clear();
    there.directories_gone = {"17000"};
    check();
    BOOST_TEST(holds_text(lost(), "suprsync accept-removal smurf 17000"));
    BOOST_TEST(ask(catalog.real().removed_days("smurf")).value().size() == 1U);
    ask(catalog.real().choose_for_removed_day("smurf", 17000, removal_choice::accepted, time.now())).value();
    wake();
    BOOST_TEST(lost().empty());
    BOOST_TEST(verified(first));
    time.advance(2 * every);
    BOOST_TEST(lost().empty());
}

BOOST_FIXTURE_TEST_CASE(a_day_that_somebody_wants_sent_again_is, scrubbed_world) {
    there.published.clear();
    there.directories_gone = {"17000"};
    check();
    time.advance(1);
    ask(catalog.real().choose_for_removed_day("smurf", 17000, removal_choice::send_again, time.now()))
        .value();
    wake();
    time.advance(100);
    BOOST_TEST(!verified(first));
    BOOST_TEST(view(first).state == "pending");
    BOOST_TEST(lost().empty());
}

BOOST_FIXTURE_TEST_CASE(other_content_is_sent_again_once_and_then_given_up, scrubbed_world) {
    check();
    for (const bool again : {false, true}) {
        there.published["17000/a"] = "Content of a";
        time.advance(every + 100);
        BOOST_TEST(!verified(first));
        BOOST_TEST((view(first).state == "failed") == again);
        BOOST_TEST(holds_text(last_error(first), "other content stands there"));
        BOOST_TEST(lost().empty() == !again);
        there.published["17000/a"] = "content of a";
        if (!again) deliver(first);
    }
    BOOST_TEST(holds_text(last_error(first), "a second time"));
}

BOOST_FIXTURE_TEST_CASE(other_content_of_a_file_that_is_gone_here_is_told, scrubbed_world) {
    disk.files.erase("/data/a");
    change(second, "removed = 1");
    there.published["17000/a"] = "Content of a";
    there.published["17000/b"] = "Content of b";
    check();
    BOOST_TEST(verified(first));
    BOOST_TEST(verified(second));
    BOOST_TEST(holds_text(lost(), "2 copies are not at user@host:/base as they were verified"));
    BOOST_TEST(holds_text(lost(), "17000/b"));
    ignore(first);
    ignore(second);
    wake();
    BOOST_TEST(lost().empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_told_is_told_after_a_restart_before_anything_is_asked, scrubbed_world) {
    there.published.erase("17000/a");
    check();
    end();
    archive.stopping = false;
    archive.tell_checked_copies("");
    archive.bad_copies_changed = true;
    archive.paused = true;
    scrubber next(archive);
    start(next.run());
    BOOST_TEST(holds_text(lost(), "17000/a"));
    BOOST_TEST(asked() == 2U);  // the copies and their day, before
    end();
}

BOOST_FIXTURE_TEST_CASE(a_file_that_takes_too_long_is_told_and_holds_up_no_other, scrubbed_world) {
    there.on_stat = [](const stat_request& request, stat_report& report) {
        for (const auto& path : request.remote_paths)
            if (path == "17000/a")
                report.end.error = error(failure_code::timed_out, "the time limit was reached");
    };
    check();
    time.advance(10);
    BOOST_TEST(holds_text(lost(), "1 cannot be read"));
    BOOST_TEST(archive.oldest_check.has_value());
    BOOST_TEST(errors.empty());
}

BOOST_FIXTURE_TEST_CASE(a_lost_connection_is_told_to_the_worker, scrubbed_world) {
    there.down = error(failure_code::connection, "refused");
    check();
    BOOST_TEST(errors.size() == 1U);
    there.down.reset();
    time.advance(100);
    BOOST_TEST(archive.oldest_check.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

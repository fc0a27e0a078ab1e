// The slow check of an archive's copies: what becomes of what it finds, and what is counted.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/scrubbed_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(slow_checks_of_copies)

namespace {

constexpr double every = scrubbed_every;

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_copy_is_asked_for_once_a_round_from_its_disk_without_a_sync, scrubbed_world) {
    check();
    BOOST_TEST(asked() == 1U);
    const auto& request = there.stat_requests.at(0);
    BOOST_TEST((request.md5 && request.from_disk && !request.sync_first));
    BOOST_TEST(request.remote_paths.size() == 2U);
    time.advance(every - 10);
    BOOST_TEST(asked() == 1U);
    BOOST_TEST(oldest_check(archive.scrub).value() <= time.now());
    time.advance(20);
    BOOST_TEST(asked() == 2U);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_is_not_to_be_checked_is_not, unscrubbed_world) {
    check();
    time.advance(10 * every);
    BOOST_TEST(asked() == 0U);
    BOOST_TEST(!oldest_check(archive.scrub).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_was_proven_is_counted_over_restarts, scrubbed_world) {
    check();
    const auto once = archive.scrub.proven;
    BOOST_TEST(once.files == 2);
    BOOST_TEST(once.mismatches == 0);
    BOOST_TEST(archive.scrub.ended == time.now());
    there.published["17000/a"] = "Content of a";
    time.advance(every + 1);
    BOOST_TEST(archive.scrub.proven.files == 3);
    BOOST_TEST(archive.scrub.proven.mismatches == 1);
    end();
    BOOST_TEST((ask(catalog.real().recall_scrub("smurf")).value().state == archive.scrub));
    archive.stopping = false;
    archive.scrub = {};
    archive.scrub_known = false;
    archive.count_proven({1, 0, 0});  // by somebody else, before what there was is known
    scrubber next(archive);
    start(next.run());
    BOOST_TEST(archive.scrub.proven.files >= 4);
    end();
}

BOOST_FIXTURE_TEST_CASE(one_that_is_missing_for_days_is_counted_once, scrubbed_world) {
    there.published.erase("17000/a");
    check();
    time.advance(3 * scrubber::asked_again_after);
    BOOST_TEST(archive.scrub.proven.mismatches == 1);
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
    BOOST_TEST(oldest_check(archive.scrub).has_value());
    BOOST_TEST(errors.empty());
}

BOOST_FIXTURE_TEST_CASE(a_lost_connection_is_told_to_the_worker, scrubbed_world) {
    there.down = error(failure_code::connection, "refused");
    check();
    BOOST_TEST(errors.size() == 1U);
    there.down.reset();
    time.advance(100);
    BOOST_TEST(oldest_check(archive.scrub).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

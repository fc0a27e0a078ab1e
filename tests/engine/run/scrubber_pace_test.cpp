// How fast an archive's copies are asked for again, what that yields to, and days that were removed there.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/scrubbed_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(slow_checks_beside_others)

namespace {

constexpr double every = scrubbed_every;

}  // namespace

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

// On an archive that never rests.
BOOST_FIXTURE_TEST_CASE(beside_copies_and_deletions_it_reads_at_a_tenth_of_the_rate, scrubbed_world) {
    while (rows() < 100) due("f" + std::to_string(rows()));
    archive.files_in_flight = 1;
    check();
    // 20 MB each are likely, and 5 s of 10 MB/s asked for; a seek is 100 kB, or 10 ms.
    BOOST_TEST(there.stat_requests.at(0).remote_paths.size() == 3U);
    time.advance(3 * 0.01 - 0.005);
    BOOST_TEST(asked() == 1U);
    time.advance(0.01);
    BOOST_TEST(asked() == 2U);
    archive.files_in_flight = 0;
    archive.deleting = true;
    time.advance(1);
    const auto before = asked();
    BOOST_TEST(before > 10U);
    time.advance(every / 2);
    BOOST_TEST(oldest_check(archive.scrub).has_value());
}

BOOST_FIXTURE_TEST_CASE(what_it_read_too_fast_is_rested_for_at_the_rate_of_the_hour, scrubbed_world) {
    while (rows() < 500) due("f" + std::to_string(rows()));
    there.on_stat = [](const stat_request& request, stat_report& report) {
        if (request.md5 && !report.answers.empty()) report.answers[0].size = 1'000'000'000;
    };
    archive.files_in_flight = 1;
    check();
    const auto at_first = asked();
    // 1 GB, at 10 MB/s; then nothing is copied any more, and 500 MB are left, at 100 MB/s.
    time.advance(50);
    BOOST_TEST(asked() == at_first);
    archive.files_in_flight = 0;
    archive.wake_all();
    settle(loop);
    time.advance(4.9);
    BOOST_TEST(asked() == at_first);
    time.advance(0.5);
    BOOST_TEST(asked() > at_first);
}

BOOST_FIXTURE_TEST_CASE(a_large_file_is_read_at_the_pace_of_the_rate, scrubbed_world) {
    const auto note_size = [&](file_id id, std::int64_t bytes) {
        others.execute("UPDATE suprsync_files SET size = " + std::to_string(bytes) +
                       " WHERE file_id = " + std::to_string(id));
    };
    note_size(first, 12'000'000'000);
    note_size(second, 400'000'000);
    check();
    time.advance(1);
    BOOST_REQUIRE(asked() >= 1U);
    // Within ten minutes at least.
    BOOST_TEST(there.stat_requests[0].pace == 100'000'000U);
    for (const auto& request : there.stat_requests)
        if (request.remote_paths == std::vector<std::string>{"17000/b"}) BOOST_TEST(request.pace == 0U);
}

BOOST_FIXTURE_TEST_CASE(whatever_else_is_to_be_done_goes_first, scrubbed_world) {
    archive.paused = true;
    check();
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

// One condition for one cause.
BOOST_FIXTURE_TEST_CASE(a_day_that_is_gone_there_waits_for_a_word, scrubbed_world) {
    there.published.clear();
    there.directories_gone = {"17000"};
    check();
    BOOST_TEST(lost().empty());
    BOOST_TEST(holds_text(gone_day(), "suprsync accept-removal smurf 17000"));
    BOOST_TEST(ask(catalog.real().removed_days("smurf")).value().size() == 1U);
    BOOST_TEST(archive.scrub.proven.mismatches == 0);
    time.advance(2 * scrubber::asked_again_after);
    BOOST_TEST(lost().empty());
    ask(catalog.real().choose_for_removed_day("smurf", 17000, removal_choice::accepted, time.now())).value();
    wake();
    BOOST_TEST(lost().empty());
    BOOST_TEST(gone_day().empty());
    BOOST_TEST(verified(first));
    time.advance(2 * every);
    BOOST_TEST(lost().empty());
}

// Somebody is removing it while it is asked for.
BOOST_FIXTURE_TEST_CASE(what_vanished_before_its_day_was_gone_goes_over_to_that_condition, scrubbed_world) {
    there.published.erase("17000/a");
    check();
    BOOST_TEST(holds_text(lost(), "17000/a"));
    BOOST_TEST(gone_day().empty());
    there.published.clear();
    there.directories_gone = {"17000"};
    time.advance(scrubber::asked_again_after + 60);
    BOOST_TEST(lost().empty());
    BOOST_TEST(holds_text(gone_day(), "17000"));
    // It is put back.
    there.directories_gone.clear();
    there.published["17000/a"] = "content of a";
    there.published["17000/b"] = "content of b";
    time.advance(scrubber::asked_again_after + 60);
    BOOST_TEST(lost().empty());
    BOOST_TEST(gone_day().empty());
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
    BOOST_TEST(gone_day().empty());
}

BOOST_AUTO_TEST_SUITE_END()

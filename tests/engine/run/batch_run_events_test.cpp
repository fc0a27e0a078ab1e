// What is told of the files of a batch, and what is measured of it.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/archive_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(batch_run_events)

namespace {

using lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_batch_tells_what_became_of_each_file, archive_world) {
    add("a");
    add("b");
    const auto differs = add("differs");
    there.on_digests = [](const digest_request& request, digest_report& report) {
        for (std::size_t i = 0; i < request.remote_paths.size(); ++i)
            if (request.remote_paths[i] == "17000/differs") report.md5[i] = fake_md5("damaged");
    };
    copy();
    BOOST_TEST(told(events) == (lines{"copied 17000/a", "verified 17000/a", "copied 17000/b",
                                      "verified 17000/b", "copied 17000/differs", "failed 17000/differs"}),
               boost::test_tools::per_element());
    const auto all = events.after(0, 10);
    const auto& failed = std::get<file_event>(all.back()->what);
    BOOST_TEST(failed.id == differs);
    BOOST_TEST(failed.archive == "smurf");
    BOOST_TEST(failed.local_path == "/data/differs");
    BOOST_TEST(failed.attempts == 1);
    BOOST_TEST(!failed.given_up);
    BOOST_TEST(holds_text(failed.reason, "checksums differ"));
    BOOST_TEST((std::get<file_event>(all.front()->what).bytes == std::string("content of a").size()));
}

BOOST_FIXTURE_TEST_CASE(the_last_attempt_gives_up, archive_world) {
    const auto id = add("a");
    change(id, "failed_copy_attempts = " + std::to_string(archive.config.max_copy_attempts - 1));
    there.on_digests = [](const digest_request&, digest_report& report) {
        report.md5[0] = fake_md5("other");
    };
    copy();
    const auto all = events.after(0, 10);
    const auto& failed = std::get<file_event>(all.back()->what);
    BOOST_TEST(failed.attempts == archive.config.max_copy_attempts);
    BOOST_TEST(failed.given_up);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_told_that_is_not_recorded, archive_world) {
    add("a");
    catalog.fail_next("record", error(failure_code::catalog));
    copy();
    BOOST_TEST(told(events) == lines{"catalog_error begins"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_is_found_delivered_was_not_copied_now, archive_world) {
    const auto id = add("a");
    there.published["17000/a"] = "content of a";
    copy(all_work(), {id});
    BOOST_TEST(verified(id));
    BOOST_TEST(told(events) == lines{"verified 17000/a"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_link_that_fails_tells_nothing_of_the_files, archive_world) {
    add("a");
    there.down = error(failure_code::connection);
    copy();
    BOOST_TEST(told(events).empty());
}

BOOST_FIXTURE_TEST_CASE(conditions_are_told_when_they_begin_and_when_they_are_over, archive_world) {
    archive.raise("paused", "by request");
    archive.raise("paused", "again");
    archive.clear("paused");
    archive.clear("paused");
    BOOST_TEST(told(events) == (lines{"paused begins", "paused is over"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(durations_and_bytes_are_measured, archive_world) {
    const auto a = add("a", "12345");
    add("b", "1234567");
    there.on_stage = [&](const stage_request&, stage_report& report) {
        time.advance(3);
        report.bytes = 12;
        report.end.exit_class = "23";
    };
    there.on_digests = [&](const digest_request&, digest_report& report) {
        time.advance(0.5);
        report.md5[1] = fake_md5("other");
    };
    copy();
    BOOST_TEST(verified(a));
    const auto& seen = archive.instruments;
    BOOST_TEST(seen.transfers.count() == 1U);
    BOOST_TEST(seen.transfers.sum() == 3);
    BOOST_TEST(seen.verifications.count() == 1U);
    BOOST_TEST(seen.verifications.sum() == 0.5);
    BOOST_TEST(seen.rsync_exits.at("23") == 1U);
    BOOST_TEST(seen.sent_bytes == 12U);
    BOOST_TEST(seen.verified_bytes == 5U);
    BOOST_TEST(seen.failed_attempts == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

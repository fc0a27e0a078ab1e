#include "engine/report/event_feed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/archive_world.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

namespace {

event_content some(std::int64_t count) { return registrations_event{"smurf", count}; }

std::int64_t count_of(const event* e) { return std::get<registrations_event>(e->what).count; }

struct feed_of_three {
    asio::io_context loop;
    manual_clock time{loop};
    event_feed feed{loop.get_executor(), time, 3};
};

// The file events in the feed, as "verified 17000/a", in order.
std::vector<std::string> told(const event_feed& feed) {
    constexpr const char* words[] = {"registered", "copied", "verified", "failed", "deleted"};
    std::vector<std::string> all;
    for (const auto* e : feed.after(0, 1000)) {
        if (const auto* f = std::get_if<file_event>(&e->what))
            all.push_back(std::string(words[static_cast<int>(f->what)]) + " " + f->remote_path);
        if (const auto* d = std::get_if<finalized_event>(&e->what))
            all.push_back("finalized " + std::to_string(d->timecode) + " revision " +
                          std::to_string(d->revision));
        if (const auto* c = std::get_if<condition_event>(&e->what))
            all.push_back(c->held.kind + (c->begins ? " begins" : " is over"));
    }
    return all;
}

using lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(event_feeds)

BOOST_FIXTURE_TEST_CASE(ids_grow_by_one_from_the_time_of_the_start, feed_of_three) {
    const auto first = static_cast<std::uint64_t>(time.now() * 1e6);
    BOOST_TEST(feed.newest() == first - 1);
    BOOST_TEST(feed.oldest() == first);
    BOOST_TEST(feed.after(0, 10).empty());
    time.advance(5);
    feed.publish(some(1));
    feed.publish(some(2));
    BOOST_TEST(feed.newest() == first + 1);
    BOOST_TEST(feed.oldest() == first);
    const auto all = feed.after(0, 10);
    BOOST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[0]->id == first);
    BOOST_TEST(all[0]->at == time.now());
    BOOST_TEST(count_of(all[1]) == 2);
    // A later start has larger ids than an earlier one has ever had.
    time.advance(60);
    const event_feed later(loop.get_executor(), time);
    BOOST_TEST(later.oldest() > feed.newest());
}

BOOST_FIXTURE_TEST_CASE(the_newest_are_kept_and_read_from_any_place, feed_of_three) {
    const auto first = feed.oldest();
    for (int i = 0; i < 5; ++i) feed.publish(some(i));
    BOOST_TEST(feed.oldest() == first + 2);
    BOOST_TEST(feed.newest() == first + 4);
    for (std::uint64_t seen = first; seen < first + 5; ++seen) {
        const auto got = feed.after(seen, 10);
        const auto expected = std::max(seen + 1, first + 2);
        BOOST_TEST(got.size() == first + 5 - expected);
        for (std::size_t i = 0; i < got.size(); ++i) {
            BOOST_TEST(got[i]->id == expected + i);
            BOOST_TEST(count_of(got[i]) == static_cast<std::int64_t>(expected + i - first));
        }
    }
    BOOST_TEST(feed.after(first + 100, 10).empty());
    BOOST_TEST(feed.after(first + 1, 2).size() == 2U);
    BOOST_TEST(count_of(feed.after(first + 1, 2)[1]) == 3);
}

BOOST_FIXTURE_TEST_CASE(listeners_are_told_while_they_live, feed_of_three) {
    std::optional<bool> answer;
    {
        event_listener listener(feed);
        event_listener other(feed);
        const auto wait = [&](double seconds) {
            answer.reset();
            asio::co_spawn(loop, listener.wait_for(seconds),
                           [&](std::exception_ptr, bool notified) { answer = notified; });
            settle(loop);
        };
        wait(10);
        BOOST_TEST(!answer.has_value());
        feed.publish(some(1));
        settle(loop);
        BOOST_TEST((answer == true));
        feed.publish(some(2));
        wait(10);
        BOOST_TEST((answer == true));
        wait(10);
        time.advance(11);
        BOOST_TEST((answer == false));
        wait(10);
        listener.notify();
        settle(loop);
        BOOST_TEST((answer == true));
    }
    feed.publish(some(3));  // nobody is there
}

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

BOOST_AUTO_TEST_CASE(durations_fall_into_their_parts) {
    duration_histogram h({0.1, 1});
    for (const double seconds : {0.0, 0.1, 0.2, 1.0, 1.1, 1000.0}) h.observe(seconds);
    BOOST_TEST(h.counts() == (std::vector<std::uint64_t>{2, 2, 2}), boost::test_tools::per_element());
    BOOST_TEST(h.count() == 6U);
    BOOST_TEST(h.sum() == 1002.4, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()

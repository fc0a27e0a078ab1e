#include "engine/report/event_feed.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/manual_clock.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(event_feeds)

namespace {

event_content some(std::int64_t count) { return registrations_event{"smurf", count}; }

std::int64_t count_of(const event* e) { return std::get<registrations_event>(e->what).count; }

struct feed_of_three {
    asio::io_context loop;
    manual_clock time{loop};
    event_feed feed{loop.get_executor(), time, 3};
};

}  // namespace

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

BOOST_AUTO_TEST_SUITE_END()

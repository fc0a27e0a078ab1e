#include "engine/loop/wake.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <optional>

#include "tests/support/manual_clock.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(wakes)

namespace {

struct waiting_room {
    asio::io_context loop;
    manual_clock time{loop};
    wake bell{loop.get_executor()};
    std::optional<bool> answer;  // of the newest wait that ended

    void start_waiting(double seconds) {
        answer.reset();
        asio::co_spawn(loop, bell.wait_for(time, seconds), [this](std::exception_ptr error, bool notified) {
            BOOST_TEST(!error);
            answer = notified;
        });
    }
    void wait(double seconds) {
        start_waiting(seconds);
        settle(loop);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_wait_ends_after_its_time, waiting_room) {
    wait(10);
    BOOST_TEST(!answer.has_value());
    time.advance(9.99);
    BOOST_TEST(!answer.has_value());
    time.advance(0.02);
    BOOST_TEST((answer == false));
    BOOST_TEST(time.sleepers() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_notification_ends_a_wait_at_once, waiting_room) {
    wait(1e9);
    bell.notify();
    settle(loop);
    BOOST_TEST((answer == true));
    BOOST_TEST(time.sleepers() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_notification_that_came_before_is_kept_for_the_next_wait_only, waiting_room) {
    bell.notify();
    bell.notify();
    wait(1000);
    BOOST_TEST((answer == true));
    wait(1000);
    BOOST_TEST(!answer.has_value());
    time.advance(1000);
    BOOST_TEST((answer == false));
}

// Whatever the loop does first: the wait that has just begun, or the notification.
BOOST_FIXTURE_TEST_CASE(a_notification_while_a_wait_begins_is_not_lost, waiting_room) {
    for (int handlers_between = 0; handlers_between < 12; ++handlers_between) {
        start_waiting(1000);
        loop.restart();
        for (int i = 0; i < handlers_between; ++i) loop.poll_one();
        bell.notify();
        settle(loop);
        BOOST_TEST((answer == true), "after " << handlers_between << " handlers");
        BOOST_TEST(time.sleepers() == 0U);
    }
}

BOOST_FIXTURE_TEST_CASE(a_wait_of_no_time_ends_at_once, waiting_room) {
    for (const double none : {0.0, -1.0, -1e300}) {
        wait(none);
        BOOST_TEST((answer == false));
        bell.notify();
        wait(none);
        BOOST_TEST((answer == true));
    }
}

BOOST_FIXTURE_TEST_CASE(a_very_long_wait_does_not_end_at_once, waiting_room) {
    for (const double seconds : {1e9, 1e300, std::numeric_limits<double>::infinity()}) {
        wait(seconds);
        BOOST_TEST(!answer.has_value());
        BOOST_TEST(time.sleepers() == 1U);
        bell.notify();
        settle(loop);
        BOOST_TEST((answer == true));
    }
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_wait_ends, waiting_room) {
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(
        loop, bell.wait_for(time, 1000),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr, bool) { ended = true; }));
    settle(loop);
    BOOST_TEST(!ended);
    cancel.emit(asio::cancellation_type::terminal);
    settle(loop);
    BOOST_TEST(ended);
    BOOST_TEST(time.sleepers() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

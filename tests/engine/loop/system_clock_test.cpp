#include "engine/loop/system_clock.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>
#include <ctime>

#include "tests/support/manual_clock.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(system_clocks)

BOOST_AUTO_TEST_CASE(the_clock_tells_the_time_of_this_machine) {
    asio::io_context loop;
    const system_clock clock(loop.get_executor());
    timespec before{}, after{};
    clock_gettime(CLOCK_REALTIME, &before);
    const double told = clock.now();
    clock_gettime(CLOCK_REALTIME, &after);
    const auto seconds = [](const timespec& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    };
    // A microsecond for the rounding of doubles of this size.
    BOOST_TEST(told >= seconds(before) - 1e-6);
    BOOST_TEST(told <= seconds(after) + 1e-6);
    const auto first = clock.steady_now();
    BOOST_TEST((clock.steady_now() >= first));
}

BOOST_AUTO_TEST_CASE(a_sleep_lasts_no_less_than_asked) {
    asio::io_context loop;
    system_clock clock(loop.get_executor());
    for (const auto duration : {-1s, 0s})
        BOOST_CHECK_NO_THROW(test::result_of(loop, clock.sleep_for(duration)));
    const auto start = clock.steady_now();
    bool ended = false;
    asio::co_spawn(loop, clock.sleep_for(20ms), [&](std::exception_ptr) { ended = true; });
    loop.restart();
    loop.run();
    BOOST_TEST(ended);
    BOOST_TEST((clock.steady_now() - start >= 20ms));
}

BOOST_AUTO_TEST_CASE(a_cancelled_sleep_ends_at_once) {
    for (const auto duration : {std::chrono::nanoseconds(1h), std::chrono::nanoseconds::max()}) {
        asio::io_context loop;
        system_clock clock(loop.get_executor());
        asio::cancellation_signal cancel;
        bool ended = false;
        asio::co_spawn(
            loop, clock.sleep_for(duration),
            asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { ended = true; }));
        test::settle(loop);
        BOOST_TEST(!ended);
        cancel.emit(asio::cancellation_type::terminal);
        test::settle(loop);
        BOOST_TEST(ended);
    }
}

// Workers record what became of their files after a cancellation: nothing may throw past that.
BOOST_AUTO_TEST_CASE(a_worker_that_wants_no_exception_goes_on_after_a_cancelled_sleep) {
    asio::io_context loop;
    system_clock real(loop.get_executor());
    test::manual_clock manual(loop);
    for (suprsync::clock* time :
         {static_cast<suprsync::clock*>(&real), static_cast<suprsync::clock*>(&manual)}) {
        asio::cancellation_signal cancel;
        bool went_on = false;
        asio::co_spawn(
            loop,
            [](suprsync::clock& t, bool& reached) -> asio::awaitable<void> {
                co_await asio::this_coro::throw_if_cancelled(false);
                co_await t.sleep_for(1h);
                reached = true;
            }(*time, went_on),
            asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr e) { BOOST_TEST(!e); }));
        test::settle(loop);
        BOOST_TEST(!went_on);
        cancel.emit(asio::cancellation_type::terminal);
        test::settle(loop);
        BOOST_TEST(went_on);
    }
}

BOOST_AUTO_TEST_SUITE_END()

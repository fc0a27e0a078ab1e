#include "engine/loop/task_group.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "tests/support/manual_clock.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(task_groups)

namespace {

struct group_at_work {
    asio::io_context loop;
    manual_clock time{loop};
    task_group group{loop.get_executor()};
    int done = 0;
    bool joined = false;
    std::exception_ptr error;

    asio::awaitable<void> work(double seconds) {
        co_await time.sleep_for(std::chrono::milliseconds(static_cast<int>(seconds * 1000)));
        ++done;
    }
    asio::awaitable<void> fail(double seconds, std::string what) {
        co_await time.sleep_for(std::chrono::milliseconds(static_cast<int>(seconds * 1000)));
        ++done;
        throw std::runtime_error(what);
    }
    asio::awaitable<void> work_and_start_another() {
        co_await work(1);
        group.spawn(work(5));
    }
    void join() {
        asio::co_spawn(loop, group.join(), [this](std::exception_ptr e) { joined = true, error = e; });
        settle(loop);
    }
    std::string message() const {
        try {
            if (error) std::rethrow_exception(error);
        } catch (const std::exception& e) {
            return e.what();
        }
        return "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_group_is_joined_at_once, group_at_work) {
    BOOST_TEST(group.running() == 0U);
    join();
    BOOST_TEST(joined);
    BOOST_TEST(!error);
}

BOOST_FIXTURE_TEST_CASE(a_join_waits_for_every_task, group_at_work) {
    for (const double seconds : {3.0, 1.0, 2.0}) group.spawn(work(seconds));
    BOOST_TEST(group.running() == 3U);
    join();
    BOOST_TEST(!joined);
    time.advance(1);
    BOOST_TEST(group.running() == 2U);
    time.advance(1);
    BOOST_TEST(!joined);
    time.advance(1);
    BOOST_TEST(joined);
    BOOST_TEST(done == 3);
    BOOST_TEST(group.running() == 0U);
}

BOOST_FIXTURE_TEST_CASE(tasks_that_are_started_meanwhile_are_waited_for, group_at_work) {
    group.spawn(work_and_start_another());
    join();
    time.advance(1);
    BOOST_TEST(!joined);
    BOOST_TEST(group.running() == 1U);
    time.advance(5);
    BOOST_TEST(joined);
    BOOST_TEST(done == 2);
}

BOOST_FIXTURE_TEST_CASE(the_first_exception_comes_out_of_the_join_after_all_have_ended, group_at_work) {
    group.spawn(work(3));
    group.spawn(fail(2, "second"));
    group.spawn(fail(1, "first"));
    join();
    time.advance(2);
    BOOST_TEST(!joined);
    time.advance(1);
    BOOST_TEST(joined);
    BOOST_TEST(done == 3);
    BOOST_TEST(message() == "first");
}

BOOST_FIXTURE_TEST_CASE(an_exception_is_told_once_and_the_group_goes_on, group_at_work) {
    group.spawn(fail(1, "first"));
    time.advance(1);
    join();
    BOOST_TEST(message() == "first");
    joined = false;
    error = nullptr;
    group.spawn(work(1));
    join();
    BOOST_TEST(!joined);
    time.advance(1);
    BOOST_TEST(joined);
    BOOST_TEST(!error);
}

BOOST_FIXTURE_TEST_CASE(two_may_join, group_at_work) {
    group.spawn(work(1));
    int joins = 0;
    for (int i = 0; i < 2; ++i) asio::co_spawn(loop, group.join(), [&](std::exception_ptr) { ++joins; });
    settle(loop);
    BOOST_TEST(joins == 0);
    time.advance(1);
    BOOST_TEST(joins == 2);
}

BOOST_FIXTURE_TEST_CASE(a_task_that_ends_at_once_counts_as_ended, group_at_work) {
    group.spawn(work(0));
    settle(loop);
    BOOST_TEST(done == 1);
    BOOST_TEST(group.running() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

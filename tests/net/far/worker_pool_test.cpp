// Threads of a far side: what has to be done is done, also where for a moment no further one can be started.
#include "net/far/worker_pool.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <future>

#include "tests/support/no_thread_can_start.hpp"

using namespace suprsync::far;
using namespace suprsync::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(far_worker_pool)

BOOST_AUTO_TEST_CASE(without_any_thread_it_says_so) {
    worker_pool pool(2);
    {
        const no_thread_can_start none;
        BOOST_TEST(!pool.start());
    }
    BOOST_TEST(pool.start());
}

BOOST_AUTO_TEST_CASE(what_no_further_thread_can_be_started_for_is_done_by_those_that_are_there) {
    worker_pool pool(2);
    BOOST_REQUIRE(pool.start());
    std::promise<void> may_end;
    std::atomic<int> done = 0;
    {
        const no_thread_can_start none;
        pool.run([&, wait = may_end.get_future().share()] {
            wait.wait();
            ++done;
        });
        pool.run([&] { ++done; });
    }
    BOOST_TEST(done == 0);
    may_end.set_value();
    BOOST_TEST(pool.finish(60s));
    BOOST_TEST(done == 2);
}

BOOST_AUTO_TEST_CASE(work_goes_on_beside_what_hangs_as_long_as_a_further_thread_may_be_started) {
    worker_pool pool(2);
    BOOST_REQUIRE(pool.start());
    std::promise<void> may_end;
    pool.run([wait = may_end.get_future().share()] { wait.wait(); });
    std::promise<void> ran;
    pool.run([&] { ran.set_value(); });
    ran.get_future().wait();
    BOOST_TEST(!pool.finish(0s));
    may_end.set_value();
    BOOST_TEST(pool.finish(60s));
}

BOOST_AUTO_TEST_SUITE_END()

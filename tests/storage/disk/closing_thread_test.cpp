// Descriptors are closed by a thread, also where for a moment none can be started.
#include "storage/disk/closing_thread.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/no_thread_can_start.hpp"

using namespace suprsync;
using namespace suprsync::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(closing_threads)

BOOST_AUTO_TEST_CASE(what_no_thread_could_be_started_for_is_closed_with_the_next) {
    closing_thread closing(1min);
    int ends[2];
    BOOST_REQUIRE_EQUAL(::pipe2(ends, O_CLOEXEC), 0);
    {
        const no_thread_can_start none;
        closing.close(ends[1]);
    }
    ::pollfd other_end{ends[0], POLLIN, 0};
    BOOST_TEST(::poll(&other_end, 1, 0) == 0);
    closing.close(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    BOOST_TEST(::poll(&other_end, 1, 60'000) == 1);
    ::close(ends[0]);
}

BOOST_AUTO_TEST_SUITE_END()

// What /proc shows of other processes.
#include "engine/loop/other_processes.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(processes_of_others)

BOOST_AUTO_TEST_CASE(programs_that_have_a_file_open_are_named_but_this_one) {
    const scratch_directory scratch;
    const auto path = (scratch / "catalog.db").string();
    const std::ofstream opened(path);
    BOOST_TEST(programs_that_opened(path).empty());
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    const auto found = programs_that_opened(path);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0] == "engine_tests (process " + std::to_string(child) + ")");
    BOOST_TEST(programs_that_opened(path + "-other").empty());
}

// A read that fails, as it does where the process goes between open and read: it ended who asked.
BOOST_AUTO_TEST_CASE(what_cannot_be_read_of_a_process_is_empty) {
    const seen_process ours{::getpid(), "/proc/self"};
    BOOST_TEST(!read_file_of(ours, "cmdline").empty());
    BOOST_TEST(read_file_of(ours, "mem").empty());  // nothing lies at address 0
    BOOST_TEST(read_file_of(ours, "no such file").empty());
}

BOOST_AUTO_TEST_SUITE_END()

// How real children are ended: by limits, by a stop, and when whoever runs them goes; and nothing left of
// them.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <memory>

#include "net/process/child_process.hpp"
#include "tests/net/process/child_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/scratch_directory.hpp"
#include "tests/support/waiting.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(child_endings)

BOOST_FIXTURE_TEST_CASE(a_time_limit_ends_the_whole_group, child_fixture) {
    const scratch_directory scratch;
    const auto name = scratch.path().string();
    const auto done = shell("sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' " + name + " & wait",
                            [](auto& r) { r.limit = 300ms; });
    BOOST_TEST((done.cause == ended_by::time_limit));
    wait_until("the whole group has gone", [&] { return processes_about(name).empty(); });
    BOOST_TEST(children() == children_before, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_leader_that_ignores_sigterm_is_killed, child_fixture) {
    const auto done = shell("trap '' TERM; while :; do sleep 0.05; done", [](auto& r) { r.limit = 100ms; });
    BOOST_TEST((done.cause == ended_by::time_limit));
    BOOST_TEST((done.status == exit_status{signaled{SIGKILL}}));
}

BOOST_FIXTURE_TEST_CASE(a_stall_is_silence_and_not_duration, child_fixture) {
    // Longer than the stall limit in all, never silent for so long.
    const auto alive =
        shell("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.1; done", [](auto& r) { r.stall = 5s; });
    BOOST_TEST(alive.succeeded());
    const auto silent = shell("echo begun; sleep 100", [](auto& r) { r.stall = 200ms; });
    BOOST_TEST((silent.cause == ended_by::stall));
    BOOST_TEST(silent.output == "begun\n");
    // Chatter that on_output calls no progress is none.
    const auto chatter = shell("while :; do echo nothing; sleep 0.01; done", [](auto& r) {
        r.stall = 300ms;
        r.on_output = [](std::string_view) { return false; };
    });
    BOOST_TEST((chatter.cause == ended_by::stall));
    BOOST_TEST(chatter.describe() == "stall");
}

BOOST_FIXTURE_TEST_CASE(a_stall_tells_the_file_that_was_waited_for, child_fixture) {
    const scratch_directory scratch;
    const auto silent = scratch / "silent";
    BOOST_REQUIRE(::mkfifo(silent.c_str(), 0600) == 0);
    const int writer = ::open(silent.c_str(), O_RDWR | O_CLOEXEC);
    const auto soon = [](auto& r) { r.stall = 500ms; };
    BOOST_TEST(shell("cat '" + silent.string() + "' & wait", soon).waited_for.value_or("") ==
               silent.string());
    BOOST_TEST(!shell("sleep 100 | cat", soon).waited_for);
    ::close(writer);
}

BOOST_FIXTURE_TEST_CASE(a_process_that_left_the_group_is_not_waited_for, child_fixture) {
    const scratch_directory scratch;
    const auto name = scratch.path().string();
    const auto done = shell("SUPRSYNC_TEST=" + name + " setsid sleep 1000 & echo started");
    BOOST_TEST(done.succeeded());
    BOOST_TEST(done.output == "started\n");
    for (const auto& p : processes_about(name)) ::kill(p.pid, SIGKILL);
}

BOOST_FIXTURE_TEST_CASE(stop_ends_what_runs_and_refuses_what_comes, child_fixture) {
    child_request request;
    request.arguments = {"sleep", "1000"};
    const auto done = run(request, [&] { runner.stop(); });
    BOOST_REQUIRE(done.has_value());
    BOOST_TEST((done->cause == ended_by::stop));
    BOOST_TEST(done->describe() == "stop");
    const auto refused = run(request);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().code == failure_code::stopped));
    BOOST_TEST(children() == children_before, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_goes_leaves_no_child, child_fixture) {
    {
        asio::io_context other;
        auto doomed = std::make_unique<child_runner>(other.get_executor(), nullptr);
        child_request request;
        request.arguments = {"sleep", "1000"};
        asio::co_spawn(other, doomed->run(std::move(request)), [](const std::exception_ptr&, auto) {});
        while (doomed->running() == 0) other.run_one();
        doomed.reset();
    }
    BOOST_TEST(children() == children_before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_loop_that_outlives_the_runner_comes_to_rest) {
    asio::io_context loop;
    std::optional<child_runner> runner(std::in_place, loop.get_executor(), nullptr, 200ms);
    child_request request;
    request.arguments = {"sleep", "1000"};
    asio::co_spawn(loop, runner->run(std::move(request)), asio::detached);
    while (runner->running() == 0) loop.run_one();
    runner.reset();
    loop.restart();
    loop.run();
    BOOST_TEST(loop.stopped());
}

BOOST_AUTO_TEST_SUITE_END()

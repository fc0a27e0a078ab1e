// No child outlives the daemon, however the daemon ends (spec, Copying).
#include "net/process/guardian.hpp"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include "net/process/child_process.hpp"
#include "net/process/guardian_keeper.hpp"
#include "tests/net/process/mortal.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/files.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/scratch_directory.hpp"

namespace asio = boost::asio;

namespace suprsync::test {

namespace {
constexpr std::size_t children_of_mortal = 4;
}  // namespace

int run_mortal(const std::string& name) {
    auto watch = guardian::start("/proc/self/exe");
    if (!watch) return 1;
    asio::io_context loop;
    child_runner runner(loop.get_executor(), &*watch);
    const std::string up = "mkdir -p " + name + "/up; : >" + name + "/up/$1; ";
    const std::vector<std::vector<std::string>> commands = {
        {"sh", "-c", up + "while :; do sleep 0.1; done", "child-of-mortal", "1", name},
        {"sh", "-c", "trap '' TERM; " + up + "while :; do sleep 0.1; done", "child-of-mortal", "2", name},
        {"setsid", "-w", "sh", "-c", "trap '' TERM; " + up + "while :; do sleep 0.1; done", "child-of-mortal",
         "3", name},
        // Without the mark in its environment it is known by its process group alone.
        {"env", "-i", "sh", "-c", "trap '' TERM; " + up + "while :; do sleep 0.1; done", "child-of-mortal",
         "4", name}};
    for (const auto& command : commands) {
        child_request request;
        request.arguments = command;
        asio::co_spawn(loop, runner.run(std::move(request)), asio::detached);
    }
    loop.poll();
    if (::write(STDOUT_FILENO, "ready\n", 6) != 6) return 1;
    loop.run();
    return 0;
}

BOOST_AUTO_TEST_SUITE(guardian_process)

namespace {

// The scripts name the directory, and say so when they are ready for a signal.
std::vector<process> children(const std::string& name) { return processes_about(name, "child-of-mortal"); }

std::vector<process> guardians(const std::string& name) {
    return processes_about(name, guardian::guardian_argument);
}

struct victim {
    scratch_directory scratch;
    std::string name = scratch.path().string();
    daemon_process process{
        {"/proc/self/exe", mortal_argument, name}, {{"SUPRSYNC_TEST_NAME", name}}, scratch / "log"};

    victim() {
        process.await_line("ready");
        wait_until("all children run", [&] {
            return children(name).size() >= children_of_mortal &&
                   files_below(scratch / "up").size() == children_of_mortal;
        });
        BOOST_REQUIRE(guardians(name).size() == 1U);
    }
    void await_nobody() const {
        wait_until("nobody is left", [&] { return children(name).empty() && guardians(name).empty(); });
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(no_child_is_left_after_sigkill) {
    victim v;
    v.process.signal(SIGKILL);
    v.await_nobody();
}

BOOST_AUTO_TEST_CASE(signals_that_end_the_daemon_do_not_end_the_guardian) {
    victim v;
    for (const int number : {SIGTERM, SIGINT, SIGHUP})
        for (const auto& g : guardians(v.name)) ::kill(g.pid, number);
    v.process.signal(SIGKILL);
    v.await_nobody();
}

BOOST_AUTO_TEST_CASE(a_guardian_that_was_killed_is_replaced) {
    auto watch = guardian::start("/proc/self/exe");
    BOOST_REQUIRE(watch.has_value());
    const auto mark = watch->mark();
    const auto mine = [&] { return processes_about(mark, guardian::guardian_argument); };
    wait_until("the guardian runs", [&] { return mine().size() == 1; });
    const auto first = mine().front().pid;
    ::kill(first, SIGKILL);
    wait_until("it has gone", [&] { return mine().empty(); });
    // One that is dying may have no name any more and still hold its end of the pipe.
    wait_until("another one runs", [&] {
        watch->watch(::getpid() + 1'000'000);
        return mine().size() == 1;
    });
    BOOST_TEST(mine().front().pid != first);
}

// A daemon that has nothing to do tells it of no group: it would not notice.
BOOST_AUTO_TEST_CASE(a_guardian_that_was_killed_is_replaced_while_nothing_goes_on) {
    auto watch = guardian::start("/proc/self/exe");
    BOOST_REQUIRE(watch.has_value());
    asio::io_context loop;
    std::vector<std::string> said;
    std::optional<guardian_keeper> keeper;
    keeper.emplace(loop.get_executor(), *watch, [&](const std::string& line) {
        said.push_back(line);
        keeper->stop();
    });
    asio::co_spawn(loop, keeper->run(), asio::detached);
    const auto mine = [&] { return processes_about(watch->mark(), guardian::guardian_argument); };
    wait_until("the guardian runs", [&] { return mine().size() == 1; });
    const auto first = mine().front().pid;
    ::kill(first, SIGKILL);
    loop.run_for(generous);
    BOOST_REQUIRE(said.size() == 1U);
    BOOST_TEST(said[0].find("another one was started") != std::string::npos, said[0]);
    wait_until("another one runs", [&] { return mine().size() == 1 && mine().front().pid != first; });
}

BOOST_AUTO_TEST_CASE(groups_that_ended_are_forgotten) {
    const scratch_directory scratch;
    const auto name = scratch.path().string();
    // A process without the mark, in a group of its own: known by its number only.
    daemon_process bystander({"/bin/sh", "-c", "while :; do sleep 0.1; done", name}, {}, scratch / "log");
    {
        auto watch = guardian::start("/proc/self/exe");
        BOOST_REQUIRE(watch.has_value());
        watch->watch(bystander.pid());
        watch->forget(bystander.pid());
    }
    BOOST_TEST(!bystander.ended().has_value());
    {
        auto watch = guardian::start("/proc/self/exe");
        BOOST_REQUIRE(watch.has_value());
        watch->watch(bystander.pid());
    }
    BOOST_TEST(bystander.wait().by_signal);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

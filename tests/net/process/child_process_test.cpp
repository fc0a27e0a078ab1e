// Real children: how they are started, their streams and exit statuses, and thousands of them.
#include "net/process/child_process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <sstream>
#include <thread>

#include "engine/loop/task_group.hpp"
#include "net/process/descriptor_limit.hpp"
#include "net/process/guardian.hpp"
#include "tests/net/process/child_fixture.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(child_process)

namespace {

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(output_error_text_and_exit_status_are_told, child_fixture) {
    const auto done =
        shell("cat; echo oops >&2; exit 23", [](auto& r) { r.input = std::string(300'000, 'x'); });
    BOOST_TEST(done.output == std::string(300'000, 'x'));
    BOOST_TEST(done.error == "oops\n");
    BOOST_TEST((done.status == exit_status{exited{23}}));
    BOOST_TEST((done.cause == ended_by::itself));
    BOOST_TEST(done.describe() == "exit 23");
    BOOST_TEST(!done.succeeded());
    BOOST_TEST(shell("exit 0").succeeded());
}

BOOST_FIXTURE_TEST_CASE(a_signal_is_not_an_exit_status, child_fixture) {
    const auto killed = shell("kill -TERM $$");
    BOOST_TEST((killed.status == exit_status{signaled{SIGTERM}}));
    BOOST_TEST(killed.describe() == "signal 15");
    BOOST_TEST((shell("exit 15").status == exit_status{exited{15}}));
}

BOOST_FIXTURE_TEST_CASE(a_missing_program_is_named, child_fixture) {
    child_request request;
    request.arguments = {"suprsync-no-such-program"};
    const auto failed = run(std::move(request));
    BOOST_REQUIRE(failed.has_error());
    BOOST_TEST((failed.error().code == failure_code::missing_program));
    BOOST_TEST(failed.error().text().find("suprsync-no-such-program") != std::string::npos);
    BOOST_TEST(children() == children_before, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_child_that_leaves_its_input_unread_ends_with_its_status, child_fixture) {
    const auto done = shell("exit 3", [](auto& r) { r.input = std::string(1 << 20, 'x'); });
    BOOST_TEST((done.status == exit_status{exited{3}}));
}

BOOST_FIXTURE_TEST_CASE(input_ends_when_it_is_written_unless_it_is_held, child_fixture) {
    BOOST_TEST(shell("cat", [](auto& r) { r.input = "a"; }).output == "a");
    // With the input held open, cat goes on until its limit.
    const auto held = shell("cat", [](auto& r) {
        r.input = "a";
        r.keep_input_open = true;
        r.limit = 200ms;
    });
    BOOST_TEST(held.output == "a");
    BOOST_TEST((held.cause == ended_by::time_limit));
    BOOST_TEST(held.describe() == "time limit");
}

BOOST_FIXTURE_TEST_CASE(the_environment_is_ours_and_what_is_added, child_fixture) {
    ::setenv("SUPRSYNC_TEST_A", "ours", 1);
    ::setenv("SUPRSYNC_TEST_B", "ours", 1);
    const auto done = shell("printf '%s %s' \"$SUPRSYNC_TEST_A\" \"$SUPRSYNC_TEST_B\"",
                            [](auto& r) { r.environment = {"SUPRSYNC_TEST_B=added"}; });
    BOOST_TEST(done.output == "ours added");
}

// The child itself is asked: a shell between us would block signals for moments of its own.
BOOST_FIXTURE_TEST_CASE(no_descriptor_is_inherited, child_fixture) {
    const int leaky = ::open("/dev/null", O_RDONLY);  // not close-on-exec
    const auto done = program({"ls", "/proc/self/fd"});
    ::close(leaky);
    // The fourth is the one that it reads the directory with.
    BOOST_TEST(done.output == "0\n1\n2\n3\n");
}

BOOST_FIXTURE_TEST_CASE(no_signal_setting_is_inherited, child_fixture) {
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto done = program({"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"});
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const auto mask_of = [&](const std::string& name) {
        const auto at = done.output.find(name + ":\t");
        BOOST_REQUIRE(at != std::string::npos);
        return std::stoul(done.output.substr(at + name.size() + 2), nullptr, 16);
    };
    BOOST_TEST(mask_of("SigBlk") == 0U);
    // SIGPIPE is ignored here. Bits 31 and 32 are glibc's own signals.
    constexpr unsigned long real_signals = (1UL << 31) - 1;
    BOOST_TEST((mask_of("SigIgn") & real_signals) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_child_leads_a_process_group_of_its_own, child_fixture) {
    std::istringstream stat(program({"cat", "/proc/self/stat"}).output);
    pid_t pid = 0, parent = 0, group = 0;
    std::string name, state;
    stat >> pid >> name >> state >> parent >> group;
    BOOST_TEST(group == pid);
    BOOST_TEST(group != ::getpgrp());
}

BOOST_FIXTURE_TEST_CASE(output_beyond_the_limit_is_read_and_dropped, child_fixture) {
    const auto done = shell("head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2",
                            [](auto& r) { r.output_limit = 1000; });
    BOOST_TEST(done.succeeded());
    BOOST_TEST(done.output.size() == 1000U);
    BOOST_TEST(done.error.size() == 1000U);
}

BOOST_FIXTURE_TEST_CASE(output_goes_to_whom_it_was_promised, child_fixture) {
    std::string heard;
    const auto done = shell("echo one; echo two", [&](auto& r) {
        r.on_output = [&](std::string_view arrived) {
            heard += arrived;
            return true;
        };
    });
    BOOST_TEST(heard == "one\ntwo\n");
    BOOST_TEST(done.output.empty());
}

BOOST_AUTO_TEST_CASE(ends_are_seen_though_whoever_started_the_program_ignored_them) {
    ::signal(SIGCHLD, SIG_IGN);
    child_fixture f;
    BOOST_TEST(std::get<exited>(f.shell("exit 3").status).code == 3);
}

BOOST_FIXTURE_TEST_CASE(five_thousand_children_fifty_at_a_time, child_fixture) {
    constexpr int all = 5000;
    constexpr int at_a_time = 50;
    auto watch = guardian::start("/proc/self/exe");
    BOOST_REQUIRE(watch.has_value());
    const auto before = open_descriptors();
    std::atomic<bool> done = false;
    std::atomic<std::size_t> posted = 0;
    std::vector<std::thread> posting;
    int started = 0, good = 0;
    std::string bad;
    {
        asio::io_context busy;
        child_runner many(busy.get_executor(), &*watch);
        const auto work = [&]() -> asio::awaitable<void> {
            while (started < all) {
                const int number = ++started;
                child_request request;
                request.arguments = {"sh", "-c",
                                     "read -r line; echo $line; exit " + std::to_string(number % 200)};
                request.input = std::to_string(number) + "\n";
                request.limit = 60s;
                const auto ended = co_await many.run(std::move(request));
                if (ended && ended->cause == ended_by::itself && ended->error.empty() &&
                    ended->status == exit_status{exited{number % 200}} &&
                    ended->output == std::to_string(number) + "\n")
                    ++good;
                else
                    bad += fmt::format(
                        " {}: {}", number,
                        ended ? fmt::format("{} {}, '{}' {}", ended->status.index() == 0 ? "exit" : "signal",
                                            ended->status.index() == 0
                                                ? std::get<exited>(ended->status).code
                                                : std::get<signaled>(ended->status).signal,
                                            ended->output, ended->error)
                              : ended.error().text());
            }
        };
        task_group group(busy.get_executor());
        for (int i = 0; i < at_a_time; ++i) group.spawn(work());
        for (int i = 0; i < 3; ++i)
            posting.emplace_back([&] {
                while (!done) {
                    asio::post(busy, [&] { ++posted; });
                    std::this_thread::yield();
                }
            });
        asio::co_spawn(busy, group.join(), [&](const std::exception_ptr& thrown) {
            done = true;
            if (thrown) std::rethrow_exception(thrown);
        });
        busy.run();
        for (auto& t : posting) t.join();
    }
    BOOST_TEST(good == all, bad);
    BOOST_TEST(posted > 0U);
    BOOST_TEST(open_descriptors() == before);
}

BOOST_FIXTURE_TEST_CASE(children_have_the_limit_of_descriptors_that_we_were_started_with, child_fixture) {
    ::rlimit limit{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = 500;
    BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    BOOST_TEST(raise_descriptor_limit() == limit.rlim_max);
    // It is given the limit before it is given its input.
    const auto done = shell("read -r line; ulimit -n", [](child_request& r) { r.input = "now\n"; });
    BOOST_TEST(done.output == "500\n");
}

BOOST_AUTO_TEST_SUITE_END()

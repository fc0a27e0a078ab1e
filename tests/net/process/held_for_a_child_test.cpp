// What a child reads by way of our descriptors is held until no process of its group is left: a number that
// is used again would have another file read.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>

#include "net/process/child_process.hpp"
#include "tests/support/processes.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(held_for_a_child)

namespace {

struct holding {
    asio::io_context loop;
    child_runner runner{loop.get_executor(), nullptr};

    void run(child_request request, const std::function<void()>& meanwhile = [] {}) {
        bool ended = false;
        asio::co_spawn(loop, runner.run(std::move(request)),
                       [&](const std::exception_ptr&, const result<child_result>& done) {
                           BOOST_TEST(done.has_value());
                           ended = true;
                       });
        loop.restart();
        while (runner.running() == 0 && !ended) loop.run_one();
        meanwhile();
        while (!ended) loop.run_one();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(is_kept_until_the_last_process_of_its_group_is_gone, holding) {
    auto file = std::make_shared<int>(7);
    const std::weak_ptr<int> held = file;
    child_request request;
    request.arguments = {"sleep", "1000"};
    request.held = std::move(file);
    const auto before = children();
    pid_t left = -1;
    run(std::move(request), [&] {
        pid_t leader = -1;
        for (const auto child : children())
            if (!before.contains(child)) leader = child;
        BOOST_REQUIRE(leader > 0);
        // One that nobody reaps but we, for as long as we like.
        left = ::fork();
        if (left == 0)
            for (;;) ::pause();
        BOOST_REQUIRE(::setpgid(left, leader) == 0);
        ::kill(leader, SIGKILL);
    });
    BOOST_TEST(!held.expired());
    child_request another;
    another.arguments = {"true"};
    run(another);
    BOOST_TEST(!held.expired());
    BOOST_TEST(::waitpid(left, nullptr, 0) == left);
    run(another);
    BOOST_TEST(held.expired());
}

BOOST_AUTO_TEST_SUITE_END()

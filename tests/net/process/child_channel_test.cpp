// A child whose standard input and output are a socket of somebody else's, and one that is ended by whoever
// started it.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "engine/files/open_descriptor.hpp"
#include "tests/net/process/child_fixture.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(child_channel)

BOOST_FIXTURE_TEST_CASE(what_it_reads_and_writes_goes_by_that_socket_and_its_end_is_seen, child_fixture) {
    int ends[2] = {-1, -1};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const open_descriptor ours(ends[0]);
    BOOST_REQUIRE(::write(ours.number(), "hello", 5) == 5);
    ::shutdown(ours.number(), SHUT_WR);
    const auto done = shell("cat; echo said >&2; exit 3", [&](auto& r) {
        r.channel = std::make_shared<open_descriptor>(ends[1]);
        r.input = "this goes nowhere";
    });
    BOOST_TEST((done.status == exit_status{exited{3}}));
    BOOST_TEST(done.error == "said\n");
    BOOST_TEST(done.output.empty());
    char said[16] = {};
    BOOST_TEST(::read(ours.number(), said, sizeof said) == 5);
    BOOST_TEST(std::string(said) == "hello");
    BOOST_TEST(::read(ours.number(), said, sizeof said) == 0);
}

BOOST_FIXTURE_TEST_CASE(it_is_ended_as_by_stop, child_fixture) {
    const auto done =
        shell("sleep 1000", [&](auto& r) { r.started = [](std::function<void()> end) { end(); }; });
    BOOST_TEST((done.cause == ended_by::stop));
}

BOOST_AUTO_TEST_SUITE_END()

// The processes of the next batch, which wait for it while one is delivered.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/delivering_destination.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ready_for_the_next)

BOOST_DATA_TEST_CASE(one_file_after_the_other_in_one_slot, data::make(both_places), where) {
    delivering_destination d(where);
    for (int i = 0; i < 4; ++i) {
        d.send("17000/a" + std::to_string(i), std::to_string(i));
        // What was posted to the loop starts the processes of the next.
        d.context.restart();
        d.context.poll();
    }
    BOOST_TEST(d.nothing_staged());
}

BOOST_AUTO_TEST_CASE(the_next_batch_starts_no_rsync_of_its_own) {
    delivering_destination d;
    d.send("17000/a", "a");
    d.context.restart();
    d.context.poll();
    const auto item = d.make("17000/b", "b");
    // From here on no rsync can be started: the one that waits is used.
    fs::create_directories(d.scratch / "empty");
    const std::string path = ::getenv("PATH");
    ::setenv("PATH", (d.scratch / "empty").c_str(), 1);
    const auto sent = d.stage({item});
    ::setenv("PATH", path.c_str(), 1);
    BOOST_TEST(sent.end.finished());
    BOOST_TEST(read_file(d.slot() / "17000/b") == "b");
}

BOOST_DATA_TEST_CASE(what_waits_is_in_nobodys_way, data::make(both_places), where) {
    delivering_destination d(where);
    const auto ready = [&] {
        d.send("17000/first", "first");
        fs::remove(d.base() / "17000/first");
        d.context.restart();
        d.context.poll();
    };
    ready();
    BOOST_TEST(d.prepare().locked_slots.empty());
    ready();
    const auto item = d.make("17000/a", "a");
    BOOST_TEST(d.stage({item}, stage_mode::compare).end.finished());
    BOOST_TEST(d.digests({item}).md5[0].value_or("none") == md5_of("a"));
    BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::published);
    ready();
    const auto swept = d.wait(d.get().sweep({{0, "17000/x", 1}}));
    BOOST_TEST(swept.has_value());
}

BOOST_AUTO_TEST_CASE(a_lost_connection_takes_what_waited_along) {
    scratch_directory place;
    sshd server(place / "sshd");
    delivering_destination d(place::ssh, &server);
    d.send("17000/a", "a");
    d.context.restart();
    d.context.poll();
    server.kill_connections();
    const auto item = d.make("17000/b", "b");
    // The loss may be met by this one, which is the connection's failure and no file's; the next goes
    // through.
    for (int i = 0; i < 3; ++i)
        if (d.stage({item}).end.finished()) break;
    BOOST_TEST(d.deliver(d.items_of({item})).outcomes[0] == publish_outcome::published);
}

BOOST_AUTO_TEST_SUITE_END()

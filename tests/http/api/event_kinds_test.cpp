// GET /events?kinds=: a part of what happens.
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;

BOOST_AUTO_TEST_SUITE(http_event_kinds)

BOOST_AUTO_TEST_CASE(only_the_kinds_that_are_wanted_come) {
    running_server http_server;
    raw_client client(http_server.port());
    BOOST_TEST(client.ask(request("GET", "/events?kinds=failed,condition")).status == 200);
    client.until("retry: 2000\n\n");
    http_server.on_loop([&] {
        auto& feed = http_server.service().events();
        file_event one;
        // More than are looked at in one go.
        one.what = file_event::kind::verified;
        for (int i = 0; i < 500; ++i) feed.publish(one);
        one.what = file_event::kind::failed;
        feed.publish(one);
        feed.publish(registrations_event{"smurf", 3});
        feed.publish(condition_event{{"paused", "smurf", "by request", 1.0, 1}, true});
    });
    BOOST_TEST(client.until("\n\n").find("event: failed\n") != std::string::npos);
    BOOST_TEST(client.until("\n\n").find("event: condition\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(unknown_kinds_are_refused_with_those_that_there_are) {
    running_server http_server;
    for (const std::string kinds : {"lost", "failed,lost", "", "failed,", "failed,%20condition"}) {
        const auto said = problem_detail(http_server, 400, "GET", "/events?kinds=" + kinds);
        BOOST_TEST(says(said, "registered, copied, verified, failed, deleted, finalized, condition"), said);
    }
    BOOST_TEST(says(problem_detail(http_server, 400, "GET", "/events?kind=failed"), "those here are: kinds"));
}

BOOST_AUTO_TEST_SUITE_END()

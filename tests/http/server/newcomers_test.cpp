// Open connections shut nobody out (spec, Limits of requests).
#include <boost/test/unit_test.hpp>
#include <memory>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(newcomers)

namespace {

const std::string alive = request("GET", "/healthz");

http_server_options with_connections(std::size_t most) {
    auto options = on_any_port();
    options.limits.connections = most;
    // Nobody is closed for being slow.
    options.limits.header_time = options.limits.body_time = options.limits.idle_time = milliseconds(300'000);
    return options;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_longest_idle_connection_is_closed_for_a_newcomer) {
    running_server http_server(with_connections(3));
    raw_client first(http_server.port());
    raw_client second(http_server.port());
    raw_client third(http_server.port());
    for (auto* client : {&first, &second, &third, &first}) BOOST_TEST(client->ask(alive).status == 200);
    raw_client newcomer(http_server.port());
    BOOST_TEST(newcomer.ask(alive).status == 200);
    BOOST_TEST(second.closed());
    for (auto* client : {&first, &third, &newcomer}) BOOST_TEST(client->ask(alive).status == 200);
}

BOOST_AUTO_TEST_CASE(hundreds_that_say_nothing_keep_nobody_out) {
    running_server http_server(with_connections(256));
    std::vector<std::unique_ptr<raw_client>> silent;
    for (int i = 0; i < 300; ++i) silent.push_back(std::make_unique<raw_client>(http_server.port()));
    BOOST_TEST(ask(http_server, alive).status == 200);
    BOOST_TEST(silent.front()->closed());
    BOOST_TEST(silent.back()->ask(alive).status == 200);
}

BOOST_AUTO_TEST_CASE(a_half_sent_request_is_closed_when_nobody_is_idle) {
    running_server http_server(with_connections(2));
    raw_client half_body(http_server.port());
    const auto got = half_body.ask(
        request("POST", "/files", "",
                "Content-Type: application/json\r\nContent-Length: 9\r\nExpect: 100-continue\r\n"));
    BOOST_TEST(got.status == 100);
    raw_client kept(http_server.port());
    BOOST_TEST(kept.ask(alive).status == 200);
    raw_client newcomer(http_server.port());
    newcomer.send("GET /heal");
    BOOST_TEST(kept.closed());
    raw_client another(http_server.port());
    BOOST_TEST(another.ask(alive).status == 200);
    BOOST_TEST(newcomer.closed());
    raw_client last(http_server.port());
    last.send("GET /heal");
    BOOST_TEST(another.closed());
    BOOST_TEST(last.ask(alive.substr(9)).status == 200);
}

BOOST_AUTO_TEST_CASE(who_waits_for_an_answer_gets_it_and_a_newcomer_is_told_so) {
    running_server http_server(with_connections(2));
    http_server.service().shut_gate();
    raw_client first(http_server.port());
    raw_client second(http_server.port());
    for (auto* client : {&first, &second}) client->send(request("POST", "/files", good_file()));
    http_server.service().wait_until_someone_waits(2);
    const auto got = ask(http_server, alive);
    BOOST_TEST(
        says(problem_of(got, 503).at("detail").as_string().c_str(), "all 2 connections wait for answers"));
    BOOST_TEST(got.headers.contains("retry-after"));
    http_server.service().open_gate();
    BOOST_TEST(first.receive().status == 201);
    BOOST_TEST(second.receive().status == 201);
    BOOST_TEST(ask(http_server, alive).status == 200);
}

BOOST_AUTO_TEST_CASE(streams_have_a_limit_of_their_own) {
    auto options = with_connections(256);
    options.limits.event_streams = 1;
    running_server http_server(options);
    auto stream = std::make_unique<raw_client>(http_server.port());
    BOOST_TEST(stream->ask(request("GET", "/events"), true).status == 200);
    const auto got = ask(http_server, request("GET", "/events"));
    BOOST_TEST(
        says(problem_of(got, 503).at("detail").as_string().c_str(), "1 streams of events are open already"));
    BOOST_TEST(got.headers.contains("retry-after"));
    BOOST_TEST(ask(http_server, request("HEAD", "/events")).status == 200);
    BOOST_TEST(ask(http_server, alive).status == 200);
    stream.reset();
    // Its place is free when the server has seen that it is gone.
    int status = 0;
    while (status != 200) {
        raw_client next(http_server.port());
        status = next.ask(request("GET", "/events"), true).status;
        BOOST_REQUIRE((status == 200 || status == 503));
    }
}

BOOST_AUTO_TEST_CASE(a_newcomer_gets_in_beside_streams) {
    running_server http_server(with_connections(1));
    raw_client stream(http_server.port());
    BOOST_TEST(stream.ask(request("GET", "/events"), true).status == 200);
    BOOST_TEST(ask(http_server, alive).status == 200);
    stream.until("retry: 2000\n\n");
    BOOST_TEST(stream.closed());
}

BOOST_AUTO_TEST_SUITE_END()

// What the HTTP server bears: sizes, times, numbers, HTTP's own rules, and its end (spec, Limits of
// requests).
#include <boost/test/unit_test.hpp>

#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(server_limits_and_grammar)

namespace {

constexpr std::size_t body_limit = 8 * 1024 * 1024;

std::string post_header(const std::string& length_or_coding, const std::string& more = {}) {
    return request("POST", "/files", "",
                   "Content-Type: application/json\r\n" + length_or_coding + "\r\n" + more);
}

std::string chunk(const std::string& text) {
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", text.size());
    return size + text + "\r\n";
}

// A registration of exactly that many bytes: JSON allows white space.
std::string padded_file(std::size_t size) {
    const auto file = good_file();
    return file + std::string(size - file.size(), ' ');
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_body_of_8_mib_is_read_and_one_byte_more_is_not) {
    running_server http_server;
    BOOST_TEST(ask(http_server, request("POST", "/files", padded_file(body_limit))).status == 201);
    {
        raw_client client(http_server.port());
        // A client that sends before it listens gets the answer, not a reset.
        BOOST_TEST(client.send(request("POST", "/files", padded_file(body_limit + 1))));
        BOOST_TEST(client.receive().status == 413);
        client.end_sending();
        BOOST_TEST(client.closed());
        BOOST_TEST(!client.was_reset());
    }
    // The length alone suffices.
    raw_client client(http_server.port());
    const auto got = client.ask(post_header("Content-Length: 8388609"));
    BOOST_TEST(got.status == 413);
    BOOST_TEST(got.headers.at("connection") == "close");
    client.end_sending();
    BOOST_TEST(client.closed());
    BOOST_TEST(ask(http_server, post_header("Content-Length: 99999999999999999999999")).status == 400);
    BOOST_TEST(http_server.service().registered().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_chunked_body_is_counted_too) {
    running_server http_server;
    raw_client client(http_server.port());
    auto got = client.ask(post_header("Transfer-Encoding: chunked") + chunk(good_file().substr(0, 20)) +
                          chunk(good_file().substr(20)) + "0\r\n\r\n");
    BOOST_TEST(got.status == 201);
    got = client.ask(request("GET", "/healthz"));
    BOOST_TEST(got.status == 200);
    client.send(post_header("Transfer-Encoding: chunked"));
    const std::string piece = chunk(std::string(1024 * 1024, ' '));
    for (int i = 0; i < 9; ++i) client.send(piece);
    BOOST_TEST(client.receive().status == 413);
    BOOST_TEST(http_server.service().registered().size() == 1U);
}

BOOST_AUTO_TEST_CASE(headers_of_more_than_16_kib_are_refused) {
    running_server http_server;
    const auto sized = [](std::size_t total) {
        const auto bare = request("GET", "/healthz", "", "X: \r\n").size();
        return request("GET", "/healthz", "", "X: " + std::string(total - bare, 'x') + "\r\n");
    };
    BOOST_TEST(ask(http_server, sized(16 * 1024)).status == 200);
    BOOST_TEST(ask(http_server, sized(16 * 1024 + 1)).status == 431);
    BOOST_TEST(ask(http_server, sized(1024 * 1024)).status == 431);
    BOOST_TEST(ask(http_server, request("GET", "/" + std::string(20'000, 'x'))).status == 431);
    // Without an end, too.
    raw_client client(http_server.port());
    client.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 2000; ++i) client.send("X: xxxxxxxxxxxxxxxxxxxx\r\n");
    BOOST_TEST(client.receive().status == 431);
}

BOOST_AUTO_TEST_CASE(slow_requests_are_ended) {
    auto options = on_any_port();
    options.limits.header_time = options.limits.body_time = options.limits.idle_time = milliseconds(100);
    running_server http_server(options);
    raw_client silent(http_server.port());
    BOOST_TEST(silent.closed());
    raw_client slow_header(http_server.port());
    slow_header.send("GET /healthz HTTP/1.1\r\nHost: loc");
    BOOST_TEST(slow_header.closed());
    raw_client slow_body(http_server.port());
    slow_body.send(post_header("Content-Length: 100") + "{");
    BOOST_TEST(slow_body.closed());
    raw_client idle(http_server.port());
    BOOST_TEST(idle.ask(request("GET", "/healthz")).status == 200);
    BOOST_TEST(idle.closed());
    BOOST_TEST(ask(http_server, request("GET", "/healthz")).status == 200);
}

// A byte now and then must not keep a request alive: the limit is for the whole header.
BOOST_AUTO_TEST_CASE(a_dripping_client_is_ended) {
    auto options = on_any_port();
    options.limits.header_time = milliseconds(200);
    running_server http_server(options);
    raw_client client(http_server.port());
    bool open = client.send("GET /healthz HTTP/1.1\r\nX: ");
    for (int i = 0; open && i < 15'000; ++i) {
        open = client.send("x");
        std::this_thread::sleep_for(milliseconds(1));
    }
    BOOST_TEST(!open);
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_ended) {
    auto options = on_any_port();
    options.limits.answer_time = milliseconds(100);
    running_server http_server(options);
    http_server.service().shown.instance_id = std::string(16 * 1024 * 1024, 'x');
    raw_client client(http_server.port());
    client.send(request("GET", "/status"));
    while (client.send(request("GET", "/status"))) continue;
    http_server.service().shown.instance_id.clear();
    BOOST_TEST(ask(http_server, request("GET", "/status")).status == 200);
}

BOOST_AUTO_TEST_CASE(connections_are_kept_alive_and_pipelined_requests_answered) {
    running_server http_server;
    raw_client client(http_server.port());
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += request("GET", "/healthz") + request("POST", "/files", good_file("/" + std::to_string(i)));
    client.send(many);
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(client.receive().status == 200);
        BOOST_TEST(client.receive().headers.at("location") == "/files/" + std::to_string(i + 1));
    }
    auto got = client.ask(request("GET", "/healthz", "", "Connection: close\r\n"));
    BOOST_TEST(got.headers.at("connection") == "close");
    client.end_sending();
    BOOST_TEST(client.closed());

    raw_client old(http_server.port());
    got = old.ask("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(got.status == 200);
    BOOST_TEST(got.raw_header.starts_with("HTTP/1.0 200"));
    old.end_sending();
    BOOST_TEST(old.closed());
}

BOOST_AUTO_TEST_CASE(expect_100_continue_is_answered) {
    running_server http_server;
    const auto body = good_file();
    const auto length = "Content-Length: " + std::to_string(body.size());
    raw_client client(http_server.port());
    BOOST_TEST(client.ask(post_header(length, "Expect: 100-continue\r\n")).status == 100);
    BOOST_TEST(client.ask(body).status == 201);
    // What is refused anyway is refused before the body is sent.
    BOOST_TEST(ask(http_server, post_header("Content-Length: 8388609", "Expect: 100-continue\r\n")).status ==
               413);
    BOOST_TEST(ask(http_server, post_header(length, "Expect: something\r\n")).status == 417);
    BOOST_TEST(
        ask(http_server, request("POST", "/status", "", length + "\r\nExpect: 100-continue\r\n")).status ==
        405);
}

BOOST_AUTO_TEST_CASE(a_refused_body_is_never_taken_for_a_request) {
    running_server http_server;
    const auto inner = request("POST", "/files", good_file());
    raw_client client(http_server.port());
    client.send(request("POST", "/nowhere", inner));
    BOOST_TEST(client.receive().status == 404);
    client.end_sending();
    BOOST_TEST(client.closed());
    BOOST_TEST(http_server.service().registered().empty());
}

BOOST_AUTO_TEST_CASE(requests_that_two_programs_could_read_differently_are_refused) {
    running_server http_server;
    const auto body = good_file();
    const auto length = "Content-Length: " + std::to_string(body.size());
    const std::vector<std::string> headers = {length + "\r\nTransfer-Encoding: chunked",
                                              "Transfer-Encoding: chunked\r\n" + length,
                                              length + "\r\nContent-Length: 1",
                                              "Content-Length: -1",
                                              "Content-Length: +10",
                                              "Content-Length: 1 0",
                                              "Content-Length: 0x10",
                                              "Content-Length: 1,1",
                                              "Transfer-Encoding: gzip, chunked",
                                              "Transfer-Encoding: identity",
                                              "Transfer-Encoding: chunked, chunked",
                                              "Transfer-Encoding: xchunked",
                                              length + "\r\nTransfer-Encoding : chunked",
                                              length + "\r\nHost: evil.example",
                                              length + "\r\nX\x01: y",
                                              length + "\r\nno colon"};
    for (const auto& header : headers) {
        BOOST_TEST_CONTEXT(header) {
            raw_client client(http_server.port());
            client.send(post_header(header) + chunk(body) + "0\r\n\r\n" + request("GET", "/healthz"));
            const auto got = client.receive();
            BOOST_TEST((got.status == 400 || got.status == 501));
            client.end_sending();
            BOOST_TEST(client.closed());
        }
    }
    for (const std::string line :
         {"GET /healthz\r\n\r\n", "GET /healthz HTTP/2.0\r\n\r\n", "GET  /healthz HTTP/1.1\r\n\r\n",
          "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
          "GET /healthz HTTP/1.1\nHost: localhost\n\n"}) {
        BOOST_TEST_CONTEXT(line) {
            raw_client client(http_server.port());
            client.send(line);
            client.end_sending();
            const auto got = client.receive();
            BOOST_TEST((got.status == 400 || got.status == 0));
        }
    }
    BOOST_TEST(http_server.service().registered().empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_cut_registers_nothing) {
    running_server http_server;
    {
        raw_client client(http_server.port());
        client.send(post_header("Content-Length: 1000") + good_file());
    }
    {
        raw_client client(http_server.port());
        client.send(post_header("Transfer-Encoding: chunked") + chunk(good_file()));
        client.end_sending();
        BOOST_TEST(client.closed());
    }
    BOOST_TEST(http_server.service().registered().empty());
}

BOOST_AUTO_TEST_CASE(stopping_ends_what_is_idle_and_waits_for_what_runs) {
    running_server http_server;
    http_server.service().shut_gate();
    raw_client idle(http_server.port());
    BOOST_TEST(idle.ask(request("GET", "/healthz")).status == 200);
    raw_client half(http_server.port());
    half.send("GET /healthz HT");
    raw_client busy(http_server.port());
    busy.send(request("POST", "/files", good_file()) + request("GET", "/healthz"));
    http_server.service().wait_until_someone_waits();
    http_server.stop(milliseconds(60'000));
    BOOST_TEST(idle.closed());
    BOOST_TEST(half.closed());
    http_server.service().open_gate();
    const auto got = busy.receive();
    BOOST_TEST(got.status == 201);
    BOOST_TEST(got.headers.at("connection") == "close");
    busy.end_sending();
    BOOST_TEST(busy.closed());
    http_server.join();
}

BOOST_AUTO_TEST_CASE(after_the_grace_time_connections_are_closed) {
    running_server http_server;
    http_server.service().shut_gate();
    raw_client busy(http_server.port());
    busy.send(request("POST", "/files", good_file()));
    http_server.service().wait_until_someone_waits();
    http_server.stop(milliseconds(50));
    BOOST_TEST(busy.closed());
    http_server.service().open_gate();
    http_server.join();
}

BOOST_AUTO_TEST_SUITE_END()

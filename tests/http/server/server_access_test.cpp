// Who is let in, on which kinds of socket (spec, Who may ask).
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "http/api/endpoints.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/http/running_server.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using suprsync::test::make_certificate;
namespace asio = boost::asio;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(server_access)

namespace {

struct own_directory {
    fs::path path;
    own_directory() {
        std::string name = (fs::temp_directory_path() / "suprsync-http-XXXXXX").string();
        BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~own_directory() { fs::remove_all(path); }
    std::string file(const std::string& name) const { return (path / name).string(); }
};

failure failure_of(const http_server_options& options) {
    asio::io_context loop;
    fake_service service(loop.get_executor());
    const auto opened = http_server::open(loop.get_executor(), options, service);
    BOOST_REQUIRE(opened.has_error());
    return opened.error();
}

std::vector<listen_address> at(const std::string& text) { return {parse_listen_address(text).value()}; }

std::string with_host(const std::string& host, const std::string& target = "/healthz") {
    return "GET " + target + " HTTP/1.1\r\n" + (host.empty() ? "" : "Host: " + host + "\r\n") + "\r\n";
}

std::string bearer(const std::string& token) { return "Authorization: Bearer " + token + "\r\n"; }

}  // namespace

BOOST_AUTO_TEST_CASE(only_our_own_hosts_are_answered) {
    auto options = on_any_port();
    options.host_names = {"srv20.example.org"};
    running_server http_server(options);
    const auto port = std::to_string(http_server.port());
    BOOST_TEST(ask(http_server, with_host("localhost")).status == 200);
    BOOST_TEST(ask(http_server, with_host("127.0.0.1:" + port)).status == 200);
    BOOST_TEST(ask(http_server, with_host("srv20.example.org")).status == 200);
    BOOST_TEST(ask(http_server, with_host("evil.example:" + port)).status == 421);
    BOOST_TEST(ask(http_server, with_host("")).status == 400);
    BOOST_TEST(ask(http_server, "GET /healthz HTTP/1.0\r\n\r\n").status == 400);
    BOOST_TEST(
        ask(http_server, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n").status ==
        400);
    BOOST_TEST(ask(http_server, with_host("localhost", "http://localhost/healthz")).status == 200);
    BOOST_TEST(ask(http_server, with_host("localhost", "http://evil.example/healthz")).status == 421);
}

BOOST_AUTO_TEST_CASE(a_token_is_needed_for_everything_but_healthz_and_the_page) {
    auto options = on_any_port();
    options.token = "s3cret";
    running_server http_server(options);
    BOOST_TEST(ask(http_server, request("GET", "/healthz")).status == 200);
    for (const std::string path : {"/status", "/readyz", "/files/1", "/nowhere"})
        BOOST_TEST(ask(http_server, request("GET", path)).status == 401, path);
    const auto got = ask(http_server, request("POST", "/files", good_file()));
    BOOST_TEST(got.status == 401);
    BOOST_TEST(got.headers.at("www-authenticate").starts_with("Bearer"));
    BOOST_TEST(ask(http_server, request("GET", "/status", "", bearer("s3creT"))).status == 401);
    BOOST_TEST(http_server.service().registered().empty());
    BOOST_TEST(ask(http_server, request("GET", "/status", "", bearer("s3cret"))).status == 200);
    BOOST_TEST(ask(http_server, request("POST", "/files", good_file(), bearer("s3cret"))).status == 201);
}

BOOST_AUTO_TEST_CASE(a_read_only_server_refuses_every_change) {
    auto options = on_any_port();
    options.read_only = true;
    running_server http_server(options);
    put_file(http_server.service(), 1);
    for (const std::string path : {"/status", "/healthz", "/files", "/files/1", "/metrics"})
        BOOST_TEST(ask(http_server, request("GET", path)).status == 200, path);
    int refused = 0;
    for (const auto& e : endpoints()) {
        if (e.method == "GET") continue;
        auto path = std::string(e.path);
        if (const auto at = path.find("{id}"); at != std::string::npos) path.replace(at, 4, "1");
        if (const auto at = path.find("{name}"); at != std::string::npos) path.replace(at, 6, "smurf");
        if (const auto at = path.find("{timecode}"); at != std::string::npos) path.replace(at, 10, "17000");
        BOOST_TEST(says(problem_detail(http_server, 403, std::string(e.method), path, good_file()),
                        "http.access: read-only"),
                   path);
        ++refused;
    }
    BOOST_TEST(refused == 8);
    BOOST_TEST(http_server.service().registered().empty());
    BOOST_TEST(http_server.service().changes == 0);
    BOOST_TEST(ask(http_server, request("DELETE", "/files")).status == 405);
}

BOOST_AUTO_TEST_CASE(an_address_that_others_reach_needs_a_token) {
    http_server_options options;
    options.listen = at("0.0.0.0:0");
    const auto refused = failure_of(options);
    BOOST_TEST((refused.code == failure_code::invalid));
    BOOST_TEST(refused.detail.find("http.token_file") != std::string::npos);
    options.listen = at("[::]:0");
    BOOST_TEST((failure_of(options).code == failure_code::invalid));
}

BOOST_AUTO_TEST_CASE(a_busy_port_is_held) {
    running_server http_server;
    auto options = on_any_port();
    options.listen = at(http_server.address());
    BOOST_TEST((failure_of(options).code == failure_code::in_use));
}

BOOST_AUTO_TEST_CASE(an_address_of_off_listens_nowhere) {
    http_server_options options;
    options.listen = at("off");
    running_server http_server(options);
    BOOST_TEST(http_server.address() == "off");
}

BOOST_AUTO_TEST_CASE(serves_on_the_ipv6_loopback_address) {
    const int probe = ::socket(AF_INET6, SOCK_STREAM, 0);
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    const bool available =
        probe >= 0 && ::bind(probe, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
    if (probe >= 0) ::close(probe);
    auto options = on_any_port();
    options.listen = at("[::1]:0");
    if (!available) {  // a machine without IPv6 must say so
        const auto refused = failure_of(options);
        BOOST_TEST((refused.code == failure_code::invalid || refused.code == failure_code::io));
        return;
    }
    running_server http_server(options);
    BOOST_TEST(http_server.address() == "[::1]:" + std::to_string(http_server.port()));
    asio::io_context io;
    asio::ip::tcp::socket client(io);
    client.connect({asio::ip::address_v6::loopback(), http_server.port()});
    asio::write(client, asio::buffer(with_host("[::1]:" + std::to_string(http_server.port()))));
    std::string got(12, ' ');
    asio::read(client, asio::buffer(got));
    BOOST_TEST(got == "HTTP/1.1 200");
}

BOOST_AUTO_TEST_CASE(serves_on_a_unix_socket) {
    own_directory place;
    const auto path = place.file("http.sock");
    auto options = on_any_port();
    options.listen = at("unix:" + path);
    {
        running_server http_server(options);
        struct ::stat seen{};
        BOOST_REQUIRE(::stat(path.c_str(), &seen) == 0);
        BOOST_TEST((seen.st_mode & 0777) == 0660U);
        BOOST_TEST(raw_client(path).ask(with_host("anything.example")).status == 200);
        BOOST_TEST(raw_client(path).ask(request("POST", "/files", good_file())).status == 201);
        // Somebody listens: it is not taken away from him.
        BOOST_TEST((failure_of(options).code == failure_code::in_use));
        BOOST_TEST(raw_client(path).ask(request("GET", "/status")).status == 200);
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(a_stale_socket_is_replaced_and_nothing_else_is) {
    own_directory place;
    const auto path = place.file("http.sock");
    auto options = on_any_port();
    options.listen = at("unix:" + path);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_REQUIRE(::bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(dead);
    {
        running_server http_server(options);
        BOOST_TEST(raw_client(path).ask(request("GET", "/status")).status == 200);
        // Replaced behind our back: at our end it is left alone.
        fs::remove(path);
        std::ofstream(path) << "mine";
    }
    BOOST_TEST(fs::exists(path));
    BOOST_TEST((failure_of(options).code == failure_code::conflict));
    BOOST_TEST(fs::is_regular_file(path));
    options.listen = at("unix:" + place.file("missing/http.sock"));
    BOOST_TEST((failure_of(options).code == failure_code::io));
}

BOOST_AUTO_TEST_CASE(serves_over_tls) {
    own_directory place;
    auto options = on_any_port();
    options.tls_certificate = place.file("certificate.pem");
    options.tls_key = place.file("key.pem");
    options.limits.linger_time = std::chrono::milliseconds(200);
    make_certificate(options.tls_certificate, options.tls_key);
    running_server http_server(options);

    asio::io_context io;
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.load_verify_file(options.tls_certificate);
    context.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<asio::ip::tcp::socket> client(io, context);
    client.next_layer().connect({asio::ip::address_v4::loopback(), http_server.port()});
    client.handshake(asio::ssl::stream_base::client);
    const auto two =
        request("POST", "/files", good_file()) + request("GET", "/healthz", "", "Connection: close\r\n");
    asio::write(client, asio::buffer(two));
    std::string got;
    boost::system::error_code error;
    asio::read(client, asio::dynamic_buffer(got), error);
    // The end was announced: nothing was cut.
    BOOST_TEST((error == asio::error::eof), error.message());
    BOOST_TEST(got.starts_with("HTTP/1.1 201"));
    BOOST_TEST(got.find("HTTP/1.1 200 OK") != std::string::npos);
    BOOST_TEST(http_server.service().registered().size() == 1U);

    // Plain HTTP on the TLS port ends without an answer and harms nobody.
    raw_client plain(http_server.port());
    BOOST_TEST(plain.ask(request("GET", "/healthz")).status == 0);
}

BOOST_AUTO_TEST_CASE(tls_options_that_cannot_work_are_refused) {
    own_directory place;
    auto options = on_any_port();
    const auto certificate = place.file("c.pem");
    const auto key = place.file("k.pem");
    const auto other_key = place.file("k2.pem");
    make_certificate(place.file("c2.pem"), other_key);
    make_certificate(certificate, key);
    const auto says = [&](const std::string& c, const std::string& k) {
        options.tls_certificate = c;
        options.tls_key = k;
        const auto refused = failure_of(options);
        BOOST_TEST((refused.code == failure_code::invalid));
        return refused.text();
    };
    BOOST_TEST(says(certificate, "").find("http.tls_key") != std::string::npos);
    BOOST_TEST(says("", key).find("http.tls_certificate") != std::string::npos);
    BOOST_TEST(says(place.file("missing"), key).find("http.tls_certificate") != std::string::npos);
    BOOST_TEST(says(certificate, certificate).find("http.tls_key") != std::string::npos);
    BOOST_TEST(says(certificate, other_key).find("http.tls_key") != std::string::npos);
    // Nobody writes into a pipe: it is refused, and not waited for.
    const auto pipe = place.file("pipe");
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    BOOST_TEST(says(pipe, key).find("http.tls_certificate '" + pipe + "'") != std::string::npos);
    BOOST_TEST(says(certificate, pipe).find("http.tls_key '" + pipe + "'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_comes_too_late_is_told_so_whatever_it_still_sends) {
    auto options = on_any_port();
    options.limits.connections = 0;
    options.limits.linger_time = std::chrono::milliseconds(300'000);
    running_server http_server(options);
    raw_client client(http_server.port());
    BOOST_TEST(client.receive().status == 503);
    for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(client.send(request("GET", "/healthz")));
    client.end_sending();
    BOOST_TEST(client.closed());
}

BOOST_AUTO_TEST_SUITE_END()

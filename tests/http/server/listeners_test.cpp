// Several places where one server listens, which come and go while it runs (spec, Who may ask).
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/certificate.hpp"
#include "tests/support/http/running_server.hpp"
#include "tests/support/only_where.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using suprsync::test::only_root_can;
using suprsync::test::scratch_directory;

BOOST_AUTO_TEST_SUITE(listeners)

namespace {

listen_address address(const std::string& text) { return parse_listen_address(text).value(); }

struct two_listeners {
    scratch_directory scratch;
    const std::string path = scratch / "http.sock";
    const listen_address socket = address("unix:" + path), port = address("127.0.0.1:0");

    http_server_options both() const {
        http_server_options options;
        options.listen = {port, socket};
        return options;
    }
    bool answers_at(const std::string& unix_path) const {
        return raw_client(unix_path).ask(request("GET", "/healthz")).status == 200;
    }
};

struct ::stat facts_of(const std::string& path) {
    struct ::stat facts{};
    BOOST_REQUIRE(::stat(path.c_str(), &facts) == 0);
    return facts;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_address_is_answered_and_a_socket_speaks_no_tls, two_listeners) {
    auto options = both();
    options.tls_certificate = scratch / "certificate";
    options.tls_key = scratch / "key";
    suprsync::test::make_certificate(options.tls_certificate, options.tls_key);
    running_server http_server(options);
    BOOST_TEST(answers_at(path));
    raw_client plain(http_server.port());
    BOOST_TEST(plain.ask(request("GET", "/healthz")).status == 0);
    // On a socket any host is right, at the port it is not.
    BOOST_TEST(raw_client(path).ask("GET /healthz HTTP/1.1\r\nHost: any.example\r\n\r\n").status == 200);
    running_server open;
    BOOST_TEST(ask(open, "GET /healthz HTTP/1.1\r\nHost: any.example\r\n\r\n").status == 421);
}

BOOST_FIXTURE_TEST_CASE(one_that_goes_drops_none_of_the_others, two_listeners) {
    running_server http_server(both());
    raw_client by_port(http_server.port()), by_socket(path);
    BOOST_TEST(by_port.ask(request("GET", "/healthz")).status == 200);
    BOOST_TEST(by_socket.ask(request("GET", "/healthz")).status == 200);
    http_server.on_loop([&] { http_server.server().keep_only({port}); });
    BOOST_TEST(by_socket.closed());
    BOOST_TEST(!std::filesystem::exists(path));
    BOOST_TEST(by_port.ask(request("GET", "/healthz")).status == 200);
    // And one that comes is answered at once.
    const auto other = address("unix:" + (scratch / "other.sock").string());
    http_server.on_loop([&] {
        BOOST_TEST(http_server.server().add(other).has_value());
        BOOST_TEST(http_server.server().add(other).has_value());  // there already
        BOOST_TEST((http_server.server().listens() == std::vector{port, other}));
    });
    BOOST_TEST(answers_at(other.path));
    BOOST_TEST(by_port.ask(request("GET", "/healthz")).status == 200);
}

// Answered to its end; then the connection ends.
BOOST_FIXTURE_TEST_CASE(a_request_that_runs_where_one_goes_is_answered, two_listeners) {
    running_server http_server(both());
    http_server.service().shut_gate();
    raw_client client(path);
    client.send(request("GET", "/files"));
    http_server.service().wait_until_someone_waits();
    http_server.on_loop([&] { http_server.server().keep_only({port}); });
    http_server.service().open_gate();
    BOOST_TEST(client.receive().status == 200);
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_had_changes_nothing, two_listeners) {
    running_server http_server(both());
    http_server.on_loop([&] {
        auto& server = http_server.server();
        const running_server other;
        BOOST_TEST((server.add(address(other.address())).error().code == failure_code::in_use));
        // Whatever was meant: what runs has no token.
        BOOST_TEST((server.add(address("0.0.0.0:0")).error().code == failure_code::invalid));
        BOOST_TEST((server.listens() == std::vector{port, socket}));
    });
}

BOOST_FIXTURE_TEST_CASE(permissions_of_a_socket_are_those_that_are_wanted, two_listeners) {
    auto options = both();
    options.socket_access = {0600, static_cast<unsigned>(::getegid())};
    const running_server http_server(options);
    BOOST_TEST((facts_of(path).st_mode & 0777) == 0600U);
    BOOST_TEST(facts_of(path).st_gid == ::getegid());
}

BOOST_FIXTURE_TEST_CASE(group_of_a_socket_is_the_one_that_is_wanted, two_listeners,
                        *only_root_can("give a file to any group")) {
    auto options = both();
    options.socket_access.group = 65534;
    const running_server http_server(options);
    BOOST_TEST(facts_of(path).st_gid == 65534U);
    BOOST_TEST((facts_of(path).st_mode & 0777) == 0660U);
}

BOOST_AUTO_TEST_SUITE_END()

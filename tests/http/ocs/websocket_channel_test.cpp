// The websocket to a hub, against a real one on the loopback interface: what it insists on, what it refuses,
// and that it waits for nothing without a limit.
#include "http/ocs/websocket_channel.hpp"

#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/loop/as_value.hpp"
#include "engine/loop/run_to_end.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/http/running_server.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;

BOOST_AUTO_TEST_SUITE(websocket_channels)

namespace {

using plain_server = websocket::stream<beast::tcp_stream>;
using server_part = std::function<asio::awaitable<void>(tcp::socket)>;

// What is waited for in vain ends the test by this.
constexpr std::size_t longest = 1 << 20;
constexpr std::size_t endless = 3 << 20;
constexpr websocket_limits patient{20s, 20s, 40s, longest, endless};
constexpr websocket_limits impatient{100ms, 100ms, 200ms, longest, endless};

struct hub_on_loopback {
    asio::io_context loop;
    tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), 0}};
    hub_address address{false, "127.0.0.1", acceptor.local_endpoint().port(), "/ws"};
    host_resolver resolve = [](std::string) -> asio::awaitable<result<std::vector<asio::ip::address>>> {
        co_return failure{failure_code::connection, "find", "it", "no such name"};
    };
    std::string protocol = "wamp.2.json";  ///< that it chooses; empty: none

    std::unique_ptr<text_channel> channel(websocket_limits limits = patient) {
        return make_websocket_channel(loop.get_executor(), address, resolve, limits);
    }
    template <class T>
    T wait_for(asio::awaitable<T> operation) {
        return run_to_end(loop, std::move(operation));
    }
    /// Serves one connection after another.
    void serve(server_part part) {
        asio::co_spawn(loop, accept_all(std::move(part)), [](const std::exception_ptr&) {});
    }
    asio::awaitable<void> accept_all(server_part part) {
        while (true) {
            auto [error, socket] = co_await acceptor.async_accept(as_value);
            if (error) co_return;
            asio::co_spawn(loop, part(std::move(socket)), [](const std::exception_ptr&) {});
        }
    }
    template <class Socket>
    asio::awaitable<void> accept_websocket(Socket& socket) {
        socket.set_option(websocket::stream_base::decorator([this](websocket::response_type& response) {
            if (!protocol.empty()) response.set(beast::http::field::sec_websocket_protocol, protocol);
        }));
        co_await socket.async_accept(asio::use_awaitable);
    }
    /// After the handshake it says this and waits for the end.
    void say_after_handshake(std::string text, bool as_text = true) {
        serve([this, text, as_text](tcp::socket accepted) -> asio::awaitable<void> {
            plain_server socket(std::move(accepted));
            co_await accept_websocket(socket);
            socket.text(as_text);
            if (!text.empty()) co_await socket.async_write(asio::buffer(text), asio::use_awaitable);
            beast::flat_buffer buffer;
            co_await socket.async_read(buffer, as_value);
        });
    }
    std::string refused(text_channel& channel) {
        const auto opened = wait_for(channel.open());
        BOOST_REQUIRE(!opened.has_value());
        BOOST_TEST((opened.error().code == failure_code::connection));
        return opened.error().text();
    }
    std::string unread(text_channel& channel) {
        BOOST_REQUIRE(wait_for(channel.open()).has_value());
        const auto read = wait_for(channel.read());
        BOOST_REQUIRE(!read.has_value());
        return read.error().text();
    }
};

struct tls_hub : hub_on_loopback {
    test::scratch_directory scratch;
    ssl::context server{ssl::context::tls_server};

    tls_hub() {
        test::make_certificate(scratch / "certificate.pem", scratch / "key.pem");
        server.use_certificate_chain_file((scratch / "certificate.pem").string());
        server.use_private_key_file((scratch / "key.pem").string(), ssl::context::pem);
        address.tls = true;
        resolve = [](std::string) -> asio::awaitable<result<std::vector<asio::ip::address>>> {
            co_return std::vector<asio::ip::address>{asio::ip::address_v4::loopback()};
        };
        serve([this](tcp::socket accepted) -> asio::awaitable<void> {
            websocket::stream<beast::ssl_stream<beast::tcp_stream>> socket(std::move(accepted), server);
            co_await socket.next_layer().async_handshake(ssl::stream_base::server, asio::use_awaitable);
            co_await accept_websocket(socket);
            socket.text(true);
            co_await socket.async_write(asio::buffer(std::string("hello")), asio::use_awaitable);
            beast::flat_buffer buffer;
            co_await socket.async_read(buffer, as_value);
        });
    }
    ~tls_hub() { ::unsetenv("SSL_CERT_FILE"); }
    void trust() { ::setenv("SSL_CERT_FILE", (scratch / "certificate.pem").c_str(), 1); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(texts_go_both_ways, hub_on_loopback) {
    std::string asked_for;
    serve([&](tcp::socket accepted) -> asio::awaitable<void> {
        beast::flat_buffer buffer;
        beast::http::request<beast::http::empty_body> request;
        co_await beast::http::async_read(accepted, buffer, request, asio::use_awaitable);
        asked_for = std::string(request.target()) + " " +
                    std::string(request[beast::http::field::sec_websocket_protocol]) + " " +
                    std::string(request[beast::http::field::host]);
        plain_server socket(std::move(accepted));
        socket.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
            response.set(beast::http::field::sec_websocket_protocol, "wamp.2.json");
        }));
        co_await socket.async_accept(request, asio::use_awaitable);
        socket.text(true);
        while (true) {
            beast::flat_buffer text;
            co_await socket.async_read(text, asio::use_awaitable);
            BOOST_TEST(socket.got_text());
            co_await socket.async_write(text.data(), asio::use_awaitable);
        }
    });
    const auto there = channel();
    BOOST_REQUIRE(wait_for(there->open()).has_value());
    BOOST_TEST(asked_for == "/ws wamp.2.json " + address.authority());
    for (const auto size : {std::size_t{1}, std::size_t{200}, std::size_t{70'000}, longest}) {
        const std::string text(size, 'x');
        BOOST_REQUIRE(wait_for(there->write(text)).has_value());
        const auto read = wait_for(there->read()).value();
        BOOST_TEST((read.whole && read.text == text));
    }
    // Of a longer one there is the beginning, and the next one is whole again.
    for (const auto size : {longest + 1, 2 * longest, endless}) {
        BOOST_REQUIRE(wait_for(there->write("beginning" + std::string(size - 9, 'x'))).has_value());
        const auto read = wait_for(there->read()).value();
        BOOST_TEST(!read.whole);
        BOOST_TEST(read.text.starts_with("beginning"));
        BOOST_TEST(read.text.size() < 1000U);
        BOOST_REQUIRE(wait_for(there->write("next")).has_value());
        BOOST_TEST(wait_for(there->read()).value().text == "next");
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_no_text_or_does_not_end_is_refused, hub_on_loopback) {
    say_after_handshake(std::string(endless + 1, 'x'));
    BOOST_TEST(says(unread(*channel()), "it sent a message of more than 3145728 bytes"));
    hub_on_loopback binary;
    binary.say_after_handshake("[2,1,{}]", false);
    BOOST_TEST(says(binary.unread(*binary.channel()), "it sent a binary message"));
    hub_on_loopback no_utf8;
    no_utf8.say_after_handshake("\xff\xfe");
    no_utf8.unread(*no_utf8.channel());
}

BOOST_FIXTURE_TEST_CASE(a_server_that_is_no_router_is_refused, hub_on_loopback) {
    protocol = "";
    say_after_handshake("hello");
    BOOST_TEST(says(refused(*channel()), "it does not speak wamp.2.json"));
    protocol = "wamp.2.msgpack";
    BOOST_TEST(says(refused(*channel()), "it does not speak wamp.2.json"));
    hub_on_loopback web;
    web.serve([](tcp::socket accepted) -> asio::awaitable<void> {
        const std::string answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        co_await asio::async_write(accepted, asio::buffer(answer), asio::use_awaitable);
        char rest[4096];
        co_await asio::async_read(accepted, asio::buffer(rest), as_value);
    });
    BOOST_TEST(says(web.refused(*web.channel()), "it answered 404"));
    hub_on_loopback garbage;
    garbage.serve([](tcp::socket accepted) -> asio::awaitable<void> {
        const std::string noise(1 << 20, '\x01');
        co_await asio::async_write(accepted, asio::buffer(noise), as_value);
    });
    garbage.refused(*garbage.channel());
}

BOOST_FIXTURE_TEST_CASE(nobody_there, hub_on_loopback) {
    acceptor.close();
    BOOST_TEST(says(refused(*channel()), "Connection refused"));
    address.host = "nowhere.invalid";
    BOOST_TEST(says(refused(*channel()), "no such name"));
}

BOOST_FIXTURE_TEST_CASE(each_address_of_a_name_is_tried, hub_on_loopback) {
    say_after_handshake("hello");
    address.host = "hub.test";
    resolve = [](std::string name) -> asio::awaitable<result<std::vector<asio::ip::address>>> {
        BOOST_TEST(name == "hub.test");
        co_return std::vector{asio::ip::make_address("127.0.0.9"), asio::ip::make_address("127.0.0.1")};
    };
    const auto there = channel();
    BOOST_REQUIRE(wait_for(there->open()).has_value());
    BOOST_TEST(wait_for(there->read()).value().text == "hello");
}

BOOST_FIXTURE_TEST_CASE(a_hub_that_accepts_and_says_nothing_is_given_up, hub_on_loopback) {
    serve([](tcp::socket accepted) -> asio::awaitable<void> {
        char rest[4096];
        co_await asio::async_read(accepted, asio::buffer(rest), as_value);
    });
    BOOST_TEST(says(refused(*channel(impatient)), "it said nothing for too long"));
    address.tls = true;
    BOOST_TEST(
        says(refused(*channel(impatient)), "it said nothing for too long; does it speak TLS at that port?"));
}

// It is pinged, and nothing answers: the machine is gone, or hangs.
BOOST_FIXTURE_TEST_CASE(a_hub_that_goes_silent_is_given_up, hub_on_loopback) {
    serve([this](tcp::socket accepted) -> asio::awaitable<void> {
        plain_server socket(std::move(accepted));
        co_await accept_websocket(socket);
        asio::steady_timer for_ever(loop, asio::steady_timer::time_point::max());
        co_await for_ever.async_wait(as_value);
    });
    BOOST_TEST(says(unread(*channel(impatient)), "it said nothing for too long"));
}

BOOST_FIXTURE_TEST_CASE(an_end_is_told, hub_on_loopback) {
    serve([this](tcp::socket accepted) -> asio::awaitable<void> {
        plain_server socket(std::move(accepted));
        co_await accept_websocket(socket);
        co_await socket.async_close(websocket::close_code::going_away, as_value);
    });
    BOOST_TEST(says(unread(*channel()), "it closed the connection"));
}

BOOST_FIXTURE_TEST_CASE(a_close_ends_whoever_waits, hub_on_loopback) {
    say_after_handshake("");
    const auto there = channel();
    BOOST_REQUIRE(wait_for(there->open()).has_value());
    asio::post(loop, [&] { there->close(); });
    BOOST_TEST(!wait_for(there->read()).has_value());
    BOOST_TEST(!wait_for(there->write("x")).has_value());
    // Also while it is opened.
    const auto another = channel();
    another->close();
    BOOST_TEST(!wait_for(another->open()).has_value());
    hub_on_loopback silent;
    silent.serve([](tcp::socket accepted) -> asio::awaitable<void> {
        char rest[4096];
        co_await asio::async_read(accepted, asio::buffer(rest), as_value);
    });
    const auto opening = silent.channel();
    asio::steady_timer soon(silent.loop, 20ms);
    soon.async_wait([&](auto) { opening->close(); });
    BOOST_TEST(!silent.wait_for(opening->open()).has_value());
}

BOOST_FIXTURE_TEST_CASE(tls_is_trusted_as_this_machine_trusts, tls_hub) {
    BOOST_TEST(says(refused(*channel()), "; its certificate must be valid"));
    trust();
    const auto there = channel();
    BOOST_REQUIRE(wait_for(there->open()).has_value());
    BOOST_TEST(wait_for(there->read()).value().text == "hello");
    address.host = "localhost";
    const auto by_name = channel();
    BOOST_TEST(wait_for(by_name->open()).has_value());
    address.host = "another.example.org";
    BOOST_TEST(says(refused(*channel()), "; its certificate must be valid"));
}

BOOST_AUTO_TEST_SUITE_END()

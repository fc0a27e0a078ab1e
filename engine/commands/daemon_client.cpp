#include "engine/commands/daemon_client.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/json/parse.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "engine/model/url_host.hpp"
#include "http/api/tls_trust.hpp"
#include "http/server/listener.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;

namespace suprsync {

namespace {

constexpr std::uint64_t longest_answer = 64 << 20;
constexpr std::size_t shown_of_an_answer = 200;

using answer = http::response<http::string_body>;

struct http_question {
    http::verb method = http::verb::get;
    std::string target;
    std::string document;  // JSON; '' for none
    std::chrono::seconds patience = patience_with_daemons;
};

template <class Stream>
asio::awaitable<answer> exchange(Stream& connection, const daemon_address& daemon,
                                 const http_question& asked) {
    http::request<http::string_body> request(asked.method, asked.target, 11);
    request.set(http::field::host, daemon.tls ? host_of_url(daemon.tls->name) : "localhost");
    request.set(http::field::connection, "close");
    if (!daemon.token.empty()) request.set(http::field::authorization, "Bearer " + daemon.token);
    if (!asked.document.empty()) {
        request.set(http::field::content_type, "application/json");
        request.body() = asked.document;
        request.prepare_payload();
    }
    co_await http::async_write(connection, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_answer);
    co_await http::async_read(connection, buffer, parser, asio::use_awaitable);
    co_return parser.release();
}

asio::awaitable<answer> ask_plainly(const daemon_address& daemon, const http_question& asked) {
    beast::basic_stream<asio::generic::stream_protocol> connection(co_await asio::this_coro::executor);
    connection.expires_after(asked.patience);
    co_await connection.async_connect(endpoint_of(daemon.where), asio::use_awaitable);
    co_return co_await exchange(connection, daemon, asked);
}

asio::awaitable<answer> ask_over_tls(const daemon_address& daemon, const http_question& asked) {
    const auto& tls = *daemon.tls;
    ssl::context context(ssl::context::tls_client);
    if (tls.insecure) {
        context.set_verify_mode(ssl::verify_none);
    } else {
        context.set_verify_mode(ssl::verify_peer);
        context.set_verify_callback(ssl::host_name_verification(tls.name));
        if (tls.ca_file.empty()) context.set_default_verify_paths();
    }
    boost::system::error_code error;
    if (!tls.ca_file.empty()) context.load_verify_file(tls.ca_file, error);
    if (error)
        throw failure_error({failure_code::invalid, "use --ca-file", tls.ca_file,
                             error.message() + "; expected a readable PEM file"});
    asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto found =
        co_await resolver.async_resolve(tls.name, std::to_string(tls.port), asio::use_awaitable);
    beast::ssl_stream<beast::tcp_stream> connection(co_await asio::this_coro::executor, context);
    auto& below = beast::get_lowest_layer(connection);
    below.expires_after(asked.patience);
    co_await below.async_connect(found, asio::use_awaitable);
    // An IP address is no server name (RFC 6066).
    asio::ip::make_address(tls.name, error);
    if (error) SSL_set_tlsext_host_name(connection.native_handle(), tls.name.c_str());
    co_await connection.async_handshake(ssl::stream_base::client, asio::use_awaitable);
    co_return co_await exchange(connection, daemon, asked);
}

failure cannot_ask(failure_code code, const daemon_address& daemon, const std::string& detail) {
    return {code, "ask the daemon at", daemon.text(), detail};
}

// The `detail` of the problem that it is, else its begin.
std::string said(const answer& got) {
    boost::system::error_code no_json;
    const auto document = boost::json::parse(got.body(), no_json);
    if (const auto* problem = no_json ? nullptr : document.if_object())
        if (const auto* detail = problem->if_contains("detail"); detail && detail->is_string())
            return std::string(detail->get_string());
    return got.body().substr(0, shown_of_an_answer);
}

failure_code code_of(unsigned status) {
    switch (status) {
        case 401:
        case 403:
            return failure_code::not_permitted;
        case 404:
            return failure_code::not_found;
        case 409:
            return failure_code::conflict;
        default:
            return failure_code::io;
    }
}

// Somebody has the address, and does not answer. Of a Unix socket where too many wait already Asio says that
// it is not connected.
bool is_hanging(const boost::system::error_code& error) {
    return error == beast::error::timeout || error == asio::error::not_connected;
}

result<std::string> talk(const daemon_address& daemon, const http_question& asked) {
    asio::io_context loop{1};
    std::exception_ptr error;
    answer got;
    asio::co_spawn(loop, daemon.tls ? ask_over_tls(daemon, asked) : ask_plainly(daemon, asked),
                   [&](const std::exception_ptr& e, answer a) {
                       error = e;
                       got = std::move(a);
                   });
    loop.run();
    try {
        if (error) std::rethrow_exception(error);
    } catch (const failure_error& e) {
        return e.why();
    } catch (const boost::system::system_error& e) {
        if (is_about_trust(e.code()))
            return cannot_ask(
                failure_code::connection, daemon,
                fmt::format(
                    "{}: its certificate is not trusted for this name; say --ca-file FILE, or --insecure",
                    e.code().message()));
        if (is_hanging(e.code()))
            return cannot_ask(
                failure_code::timed_out, daemon,
                (e.code() == beast::error::timeout
                     ? fmt::format("no answer within {} s", asked.patience.count())
                     : std::string("too many wait for its answer already")) +
                    ": does it hang, or does it listen elsewhere (--http-listen of suprsync run)?");
        return cannot_ask(
            failure_code::connection, daemon,
            fmt::format("{}: is it running, and is that where it listens (--http-listen of suprsync run)?",
                        e.code().message()));
    }
    const auto status = got.result_int();
    if (status == 401)
        return cannot_ask(failure_code::not_permitted, daemon,
                          "it wants its token: say --token-file FILE, the file of its --http-token-file");
    if (status != 200)
        return cannot_ask(code_of(status), daemon, fmt::format("it answered {}: {}", status, said(got)));
    return std::move(got.body());
}

}  // namespace

std::string daemon_address::text() const {
    return tls ? fmt::format("https://{}:{}", host_of_url(tls->name), tls->port) : where.text();
}

result<daemon_address> parse_daemon_address(const std::string& text) {
    const auto wrong = [&](const std::string& detail) {
        return failure{failure_code::invalid, "ask", "'" + text + "'",
                       detail + "; expected ADDRESS:PORT, unix:PATH or https://HOST:PORT"};
    };
    daemon_address daemon;
    constexpr std::string_view plain = "http://", secure = "https://";
    if (!text.starts_with(secure)) {
        auto rest = text.starts_with(plain) ? text.substr(plain.size()) : text;
        if (rest.size() < text.size() && rest.ends_with('/')) rest.pop_back();
        auto where = parse_listen_address(rest);
        if (!where) return where.error();
        daemon.where = *where;
        return daemon;
    }
    const auto url = boost::urls::parse_uri(text);
    if (!url || url->has_userinfo() || url->encoded_host().empty()) return wrong("it is no URL with a host");
    if ((!url->encoded_path().empty() && url->encoded_path() != "/") || url->has_query() ||
        url->has_fragment())
        return wrong("what follows the port has no meaning");
    auto& tls = daemon.tls.emplace();
    tls.name = std::string(url->host_address());
    tls.port = url->has_port() ? url->port_number() : 443;
    if (url->has_port() && tls.port == 0) return wrong("the port is not a number from 1 to 65535");
    return daemon;
}

result<std::string> ask_daemon(const daemon_address& daemon, const std::string& target,
                               std::chrono::seconds patience) {
    return talk(daemon, {http::verb::get, target, "", patience});
}

result<std::string> tell_daemon(const daemon_address& daemon, const std::string& target,
                                const std::string& document) {
    return talk(daemon, {http::verb::post, target, document, patience_with_daemons});
}

}  // namespace suprsync

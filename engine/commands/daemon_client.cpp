#include "engine/commands/daemon_client.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace suprsync {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::uint64_t longest_answer = 64 << 20;
constexpr std::size_t shown_of_an_answer = 200;

using stream = beast::basic_stream<asio::generic::stream_protocol>;

asio::generic::stream_protocol::endpoint endpoint_of(const listen_address& where) {
    if (where.what == listen_address::kind::unix_socket)
        return asio::local::stream_protocol::endpoint(where.path);
    return asio::ip::tcp::endpoint(asio::ip::make_address(where.address), where.port);
}

asio::awaitable<http::response<http::string_body>> exchange(const daemon_address& daemon,
                                                            const std::string& target) {
    stream connection(co_await asio::this_coro::executor);
    connection.expires_after(patience);
    co_await connection.async_connect(endpoint_of(daemon.where), asio::use_awaitable);
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, "localhost");
    request.set(http::field::connection, "close");
    if (!daemon.token.empty()) request.set(http::field::authorization, "Bearer " + daemon.token);
    co_await http::async_write(connection, request, asio::use_awaitable);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_answer);
    co_await http::async_read(connection, buffer, parser, asio::use_awaitable);
    co_return parser.release();
}

failure cannot_ask(failure_code code, const daemon_address& daemon, const std::string& detail) {
    return {code, "ask the daemon at", daemon.where.text(), detail};
}

}  // namespace

result<std::string> ask_daemon(const daemon_address& daemon, const std::string& target) {
    asio::io_context loop{1};
    std::exception_ptr error;
    http::response<http::string_body> answer;
    asio::co_spawn(loop, exchange(daemon, target),
                   [&](const std::exception_ptr& e, http::response<http::string_body> a) {
                       error = e;
                       answer = std::move(a);
                   });
    loop.run();
    try {
        if (error) std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
        return cannot_ask(failure_code::link, daemon,
                          fmt::format("{}: is it running, and is that where it listens (--http-listen of "
                                      "suprsync run)?",
                                      e.code().message()));
    }
    const auto status = answer.result_int();
    if (status == 401 || status == 403)
        return cannot_ask(failure_code::not_permitted, daemon,
                          "it wants its token: say --token-file FILE, the file of its --http-token-file");
    if (status != 200)
        return cannot_ask(
            failure_code::io, daemon,
            fmt::format("it answered {}: {}", status, answer.body().substr(0, shown_of_an_answer)));
    return std::move(answer.body());
}

}  // namespace suprsync

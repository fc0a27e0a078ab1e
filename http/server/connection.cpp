#include "http/server/connection.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <optional>
#include <type_traits>

#include "engine/loop/as_value.hpp"
#include "http/api/endpoints.hpp"
#include "http/server/discard_input.hpp"
#include "http/server/stream_place.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace suprsync {

namespace {

// GCC 14 takes the trait for undefined where it meets it first in a coroutine that moves a request.
static_assert(std::is_nothrow_move_constructible_v<decltype(http_request::query)>);

// What is read beyond a header in one go: the begin of a body, or of the next request.
constexpr std::size_t read_ahead = 65536;

// What a connection keeps of it between two requests.
constexpr std::size_t kept_buffer = 8192;

using socket_stream = beast::basic_stream<asio::generic::stream_protocol>;
using tls_stream = asio::ssl::stream<socket_stream>;
using request_parser = http::request_parser<http::string_body>;

request_head head_of(const http::request_header<>& header) {
    return {.method = view(header.method_string()),
            .target = view(header.target()),
            .host = view(header[http::field::host]),
            .authorization = view(header[http::field::authorization]),
            .content_type = view(header[http::field::content_type]),
            .expect = view(header[http::field::expect])};
}

template <class Body>
http::response<Body> response_for(const http_answer& answer, unsigned version, bool keep_alive) {
    http::response<Body> response{static_cast<http::status>(answer.status), version};
    response.reason(beast::string_view(answer.reason.data(), answer.reason.size()));
    response.set(http::field::date,
                 fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.keep_alive(keep_alive);
    return response;
}

template <class Stream>
class stream_connection final : public connection, private answer_stream {
  public:
    template <class... Arguments>
    stream_connection(server_context& context, std::shared_ptr<const listening_socket> via,
                      Arguments&&... arguments)
        : context_(context),
          via_(std::move(via)),
          stream_(std::forward<Arguments>(arguments)...),
          buffer_(context.limits.header_bytes + read_ahead) {}

    asio::awaitable<void> run() override {
        try {
            if (co_await handshake())
                while (co_await serve_one()) continue;
        } catch (const std::exception& e) {
            context_.report(fmt::format("a connection of the HTTP server ended with an error: {}", e.what()));
        }
        close();
    }

    void close() override { lowest().close(); }

    // As an answer_stream. While ended() reads, the limit set here is that of the writing alone.
    asio::awaitable<bool> write(std::string_view bytes) override {
        limit(context_.limits.event_time);
        const auto [error, sent] =
            co_await asio::async_write(stream_, asio::buffer(bytes.data(), bytes.size()), as_value);
        co_return !error;
    }

    asio::awaitable<void> ended() override {
        lowest().expires_never();
        co_await discard_input(stream_);
    }

    std::chrono::milliseconds keepalive_time() const override { return context_.limits.keepalive_time; }

  private:
    bool closing() const { return context_.closing || via_->closed; }
    socket_stream& lowest() { return beast::get_lowest_layer(stream_); }
    void limit(std::chrono::milliseconds time) { lowest().expires_after(time); }

    asio::awaitable<bool> handshake() {
        if constexpr (std::same_as<Stream, tls_stream>) {
            limit(context_.limits.header_time);
            const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, as_value);
            if (error) co_return false;
        }
        co_return true;
    }

    // Waits for the first byte of the next request. The first request of a connection must begin at once.
    asio::awaitable<bool> wait_for_request() {
        if (buffer_.size() > 0) co_return true;
        if (buffer_.capacity() > kept_buffer) buffer_.shrink_to_fit();
        limit(first_ ? context_.limits.header_time : context_.limits.idle_time);
        const auto [error, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_value);
        if (error) co_return false;
        buffer_.commit(bytes);
        co_return true;
    }

    // Reads one request and answers it. False where the connection ends with it.
    asio::awaitable<bool> serve_one() {
        becomes(occupation::no_request);
        if (closing() || !co_await wait_for_request()) co_return false;
        becomes(occupation::head);
        first_ = false;
        request_parser parser;
        parser.header_limit(static_cast<std::uint32_t>(context_.limits.header_bytes));
        parser.body_limit(context_.limits.body_bytes);
        limit(context_.limits.header_time);
        const auto [error, bytes] = co_await http::async_read_header(stream_, buffer_, parser, as_value);
        becomes(occupation::client);
        const auto& header = parser.get();
        // Beast counts the request line and the fields apart, each against the limit.
        const auto refused_form = error ? explained(error, context_.limits)
                                  : bytes > context_.limits.header_bytes
                                      ? explained(http::error::header_limit, context_.limits)
                                      : refuse_framing(header);
        if (refused_form) co_await answer(parser, *refused_form, false);
        if (error || refused_form) co_return false;
        const auto where = find_route(view(header.method_string()), view(header.target()));
        if (auto refused = via_->access_control.refuse(head_of(header), where)) {
            // What was not read to its end ends the connection.
            co_return co_await answer(parser, *refused, parser.is_done() && header.keep_alive());
        }
        body_budget::share memory(context_.bodies);
        if (!parser.is_done() && !co_await read_body(parser, memory)) co_return false;
        lowest().expires_never();
        becomes(occupation::service);
        auto answered = co_await ask(where, parser);
        becomes(occupation::client);
        memory.give_back();
        const bool streams = answered.stream && parser.get().method() != http::verb::head;
        const stream_place place(context_.figures.event_streams, streams, context_.limits.event_streams);
        if (streams && !place) answered = too_many_streams(context_.limits);
        co_return co_await answer(parser, answered, parser.get().keep_alive());
    }

    // False where the body did not come whole; what could be answered to that has been.
    asio::awaitable<bool> read_body(request_parser& parser, body_budget::share& memory) {
        limit(context_.limits.body_time);
        if (parser.get().version() >= 11 && !parser.get()[http::field::expect].empty()) {
            constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            const auto [failed, sent] = co_await asio::async_write(stream_, asio::buffer(go_on), as_value);
            if (failed) co_return false;
        }
        parser.eager(false);  // one piece at a time: eager, it would wait behind a chunk for the next
        while (!parser.is_done()) {
            const auto [error, bytes] = co_await http::async_read_some(stream_, buffer_, parser, as_value);
            std::optional<http_answer> refused;
            if (error)
                refused = explained(error, context_.limits);
            else if (!memory.grow_to(parser.get().body().size()))
                refused = too_many_bodies(context_.limits);
            if (refused) {
                parser.get().body() = {};
                co_await answer(parser, *refused, false);
            }
            if (error || refused) co_return false;
        }
        co_return true;
    }

    asio::awaitable<http_answer> ask(const route& where, request_parser& parser) {
        try {
            page_turns::turn turn;
            if (where.found->is_page) {
                turn = co_await context_.page_turns.take();
                if (!turn) co_return too_many_pages(context_.limits);
            }
            http_request request;
            request.arguments = where.arguments;
            request.query = where.query;
            request.body = std::move(parser.get().body());
            request.last_event_id = std::string(view(parser.get()["Last-Event-ID"]));
            request.if_none_match = std::string(view(parser.get()[http::field::if_none_match]));
            request.read_only = via_->access_control.read_only();
            request.figures = &context_.figures;
            co_return co_await where.found->answer(context_.service, std::move(request));
        } catch (const std::exception& e) {
            context_.report(fmt::format("{} {} ended with an error: {}", where.found->method,
                                        where.found->path, e.what()));
        }
        co_return problem(500, "an internal error; the daemon's log says more");
    }

    // True where the connection goes on.
    asio::awaitable<bool> answer(const request_parser& parser, const http_answer& content, bool keep_alive) {
        const auto version = std::min(parser.get().version(), 11U);
        const bool stay = keep_alive && !closing() && !content.stream && !content.ends_connection;
        ++context_.figures.answers[content.status];
        limit(context_.limits.answer_time);
        error_code failed;
        const bool not_modified = content.status == 304;  // has no body, and no length of one
        if (parser.get().method() == http::verb::head || content.stream || not_modified) {
            auto response = response_for<http::empty_body>(content, version, stay);
            if (!content.stream && !not_modified) response.content_length(content.body.size());
            http::response_serializer<http::empty_body> serializer(response);
            const auto [error, bytes] = co_await http::async_write_header(stream_, serializer, as_value);
            failed = error;
        } else {
            auto response = response_for<http::span_body<const char>>(content, version, stay);
            response.body() = {content.body.data(), content.body.size()};
            response.content_length(content.body.size());
            http::response_serializer<http::span_body<const char>> serializer(response);
            const auto [error, bytes] = co_await http::async_write(stream_, serializer, as_value);
            failed = error;
        }
        if (failed) co_return false;
        if (stay) co_return true;
        if (content.stream && parser.get().method() != http::verb::head) {
            co_await send_stream(content);
            co_return false;
        }
        co_await linger();
        co_return false;
    }

    // Nothing is lost when it is closed at any moment: it counts as idle.
    asio::awaitable<void> send_stream(const http_answer& content) {
        becomes(occupation::stream);
        if (!closing()) co_await content.stream(*this);
    }

    // Ends the sending side, and gives the client time to take the answer.
    asio::awaitable<void> linger() {
        limit(context_.limits.linger_time);
        if constexpr (std::same_as<Stream, tls_stream>) {
            const auto [ended] = co_await stream_.async_shutdown(as_value);
            if (!ended) co_return;
        }
        error_code ignored;
        lowest().socket().shutdown(asio::socket_base::shutdown_send, ignored);
        co_await discard_input(lowest());
    }

    server_context& context_;
    const std::shared_ptr<const listening_socket> via_;
    Stream stream_;
    beast::flat_buffer buffer_;
    bool first_ = true;
};

}  // namespace

std::unique_ptr<connection> make_connection(connection::socket socket, server_context& context,
                                            std::shared_ptr<const listening_socket> via) {
    if (via->speaks_tls)
        return std::make_unique<stream_connection<tls_stream>>(
            context, std::move(via), socket_stream(std::move(socket)), *context.tls);
    return std::make_unique<stream_connection<socket_stream>>(context, std::move(via), std::move(socket));
}

}  // namespace suprsync

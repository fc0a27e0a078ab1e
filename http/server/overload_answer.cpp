#include "http/server/overload_answer.hpp"

#include <fmt/format.h>

#include <boost/beast/core/basic_stream.hpp>

#include "http/server/discard_input.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace suprsync {

namespace {

class overload_answer final : public connection {
  public:
    overload_answer(connection::socket socket, const http_limits& limits)
        : stream_(std::move(socket)), limits_(limits) {}

    asio::awaitable<void> run() override {
        const auto body =
            problem(503, fmt::format("all {} connections wait for answers; ask again in some seconds",
                                     limits_.connections))
                .body;
        const auto text = fmt::format(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\nRetry-After: 5\r\nConnection: close\r\n\r\n{}",
            body.size(), body);
        // A new connection's send buffer holds this much: no need to wait.
        boost::system::error_code error;
        stream_.socket().non_blocking(true, error);
        stream_.socket().send(asio::buffer(text), 0, error);
        stream_.socket().shutdown(asio::socket_base::shutdown_send, error);

        stream_.expires_after(limits_.linger_time);
        if (!error) co_await discard_input(stream_);
        close();
    }

    void close() override { stream_.close(); }

  private:
    beast::basic_stream<asio::generic::stream_protocol> stream_;
    http_limits limits_;
};

}  // namespace

std::unique_ptr<connection> make_overload_answer(connection::socket socket, const http_limits& limits) {
    return std::make_unique<overload_answer>(std::move(socket), limits);
}

}  // namespace suprsync

#include "http/ocs/websocket_channel.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <optional>
#include <type_traits>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "http/api/tls_trust.hpp"

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

namespace suprsync {

namespace {

constexpr const char* subprotocol = "wamp.2.json";
constexpr std::size_t read_at_once = std::size_t{64} * 1024;
constexpr std::size_t kept_of_a_long_one = 256;

using plain_socket = websocket::stream<beast::tcp_stream>;
using tls_socket = websocket::stream<beast::ssl_stream<beast::tcp_stream>>;

template <class Socket>
class websocket_channel final : public text_channel {
  public:
    websocket_channel(asio::any_io_executor loop, hub_address hub, host_resolver resolve,
                      websocket_limits limits)
        : loop_(std::move(loop)), hub_(std::move(hub)), resolve_(std::move(resolve)), limits_(limits) {}

    asio::awaitable<result<void>> open() override {
        const auto found = co_await addresses();
        if (!found) co_return found.error();
        auto last = failed("connect to", "it has no address");
        for (const auto& address : *found) {
            if (closed_) co_return failed("connect to", "closed");
            auto opened = co_await open_at({address, hub_.port});
            if (opened) co_return opened;
            last = opened.error();
        }
        co_return last;
    }

    asio::awaitable<result<received_text>> read() override {
        beast::flat_buffer buffer;
        received_text received;
        do {
            const auto [error, size] = co_await socket_->async_read_some(buffer, read_at_once, as_value);
            if (error == websocket::error::message_too_big)
                co_return failed("read from", fmt::format("it sent a message of more than {} bytes",
                                                          limits_.endless_message));
            if (error) co_return failed("read from", told(error));
            if (!socket_->got_text()) co_return failed("read from", "it sent a binary message");
            if (received.whole && buffer.size() > limits_.longest_message) {
                received.whole = false;
                received.text =
                    beast::buffers_to_string(beast::buffers_prefix(kept_of_a_long_one, buffer.data()));
            }
            if (!received.whole) buffer.consume(buffer.size());
        } while (!socket_->is_message_done());
        if (received.whole) received.text = beast::buffers_to_string(buffer.data());
        co_return received;
    }

    asio::awaitable<result<void>> write(std::string text) override {
        const auto [error, size] = co_await socket_->async_write(asio::buffer(text), as_value);
        if (error) co_return failed("write to", told(error));
        co_return result<void>{};
    }

    void close() override {
        closed_ = true;
        if (socket_) beast::get_lowest_layer(*socket_).close();
    }

  private:
    failure failed(const char* what, const std::string& detail) const {
        return {failure_code::connection, what, "the OCS hub " + hub_.text(), detail};
    }

    static std::string told(const error_code& error) {
        if (error == websocket::error::closed) return "it closed the connection";
        if (error == asio::error::eof) return "the connection ended";
        if (error == beast::error::timeout) return "it said nothing for too long";
        return error.message();
    }

    asio::awaitable<result<std::vector<asio::ip::address>>> addresses() {
        error_code none;
        const auto number = asio::ip::make_address(hub_.host, none);
        if (!none) co_return std::vector{number};
        auto found = co_await resolve_(hub_.host);
        if (!found) co_return failed("find", found.error().detail);
        co_return found;
    }

    asio::awaitable<result<void>> open_at(asio::ip::tcp::endpoint where) {
        auto secured = make_socket();
        if (!secured) co_return secured.error();
        auto& below = beast::get_lowest_layer(*socket_);
        below.expires_after(limits_.connect);
        if (const auto [error] = co_await below.async_connect(where, as_value); error)
            co_return failed("connect to", told(error));
        error_code ignored;
        below.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        if constexpr (std::is_same_v<Socket, tls_socket>) {
            below.expires_after(limits_.handshake);
            const auto [error] =
                co_await socket_->next_layer().async_handshake(ssl::stream_base::client, as_value);
            if (error)
                co_return failed(
                    "speak TLS with",
                    told(error) +
                        (is_about_trust(error)
                             ? "; its certificate must be valid for that name and trusted on this machine"
                             : "; does it speak TLS at that port?"));
        }
        below.expires_never();  // the websocket has limits of its own
        co_return co_await upgrade();
    }

    asio::awaitable<result<void>> upgrade() {
        socket_->set_option(websocket::stream_base::timeout{limits_.handshake, limits_.silence, true});
        socket_->set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(http::field::sec_websocket_protocol, subprotocol);
            request.set(http::field::user_agent, "suprsync");
        }));
        socket_->read_message_max(limits_.endless_message);
        websocket::response_type response;
        const auto [error] =
            co_await socket_->async_handshake(response, hub_.authority(), hub_.target, as_value);
        if (error == websocket::error::upgrade_declined)
            co_return failed("open a websocket to",
                             fmt::format("it answered {}; is the path right?", response.result_int()));
        if (error) co_return failed("open a websocket to", told(error));
        if (const auto chosen = response[http::field::sec_websocket_protocol];
            std::string_view(chosen.data(), chosen.size()) != subprotocol)
            co_return failed("open a websocket to",
                             fmt::format("it does not speak {}: is that a WAMP router?", subprotocol));
        socket_->text(true);
        co_return result<void>{};
    }

    result<void> make_socket() {
        if constexpr (std::is_same_v<Socket, tls_socket>) {
            // The file of the roots is read once for a channel.
            if (!tls_) {
                tls_.emplace(ssl::context::tls_client);
                tls_->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
                tls_->set_verify_mode(ssl::verify_peer);
                tls_->set_verify_callback(ssl::host_name_verification(hub_.host));
                error_code error;
                tls_->set_default_verify_paths(error);
                if (error) return failed("trust", error.message());
            }
            socket_.emplace(loop_, *tls_);
            // An IP address is no server name (RFC 6066).
            error_code name;
            asio::ip::make_address(hub_.host, name);
            if (name) SSL_set_tlsext_host_name(socket_->next_layer().native_handle(), hub_.host.c_str());
        } else {
            socket_.emplace(loop_);
        }
        return {};
    }

    const asio::any_io_executor loop_;
    const hub_address hub_;
    const host_resolver resolve_;
    const websocket_limits limits_;
    std::optional<ssl::context> tls_;
    std::optional<Socket> socket_;
    bool closed_ = false;
};

}  // namespace

std::unique_ptr<text_channel> make_websocket_channel(asio::any_io_executor loop, hub_address hub,
                                                     host_resolver resolve, websocket_limits limits) {
    if (hub.tls)
        return std::make_unique<websocket_channel<tls_socket>>(std::move(loop), std::move(hub),
                                                               std::move(resolve), limits);
    return std::make_unique<websocket_channel<plain_socket>>(std::move(loop), std::move(hub),
                                                             std::move(resolve), limits);
}

}  // namespace suprsync

// The way to a hub: a websocket, over TLS where its URL says so, with the subprotocol of WAMP in JSON.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/ocs/text_channel.hpp"

namespace suprsync {

struct websocket_limits {
    std::chrono::milliseconds connect{10'000};    ///< to one address
    std::chrono::milliseconds handshake{10'000};  ///< of TLS, and of the websocket
    /// Without a byte from the hub; it is pinged at half of that.
    std::chrono::milliseconds silence{20'000};
    std::size_t longest_message = 1 << 20;  ///< of which more than its beginning is kept
    std::size_t endless_message = 1 << 26;  ///< at which the connection ends
};

/// The addresses of a name; a failure says why it has none. May take seconds, and ends by itself.
using host_resolver =
    std::function<boost::asio::awaitable<result<std::vector<boost::asio::ip::address>>>(std::string name)>;

/// What TLS trusts is what this machine trusts (OpenSSL's default places, or SSL_CERT_FILE).
std::unique_ptr<text_channel> make_websocket_channel(boost::asio::any_io_executor loop, hub_address hub,
                                                     host_resolver resolve, websocket_limits limits = {});

}  // namespace suprsync

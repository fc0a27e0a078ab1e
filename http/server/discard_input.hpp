// Taking what a client still sends: closing on unread bytes would reset the connection, and the client might
// never see the answer.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>

#include "engine/loop/as_value.hpp"

namespace suprsync {

/// Returns when the client has ended its side, or the stream's limit is reached or it is closed.
template <class Stream>
boost::asio::awaitable<void> discard_input(Stream& stream) {
    std::array<char, 16384> waste;
    while (true) {
        const auto [error, bytes] = co_await stream.async_read_some(boost::asio::buffer(waste), as_value);
        if (error) co_return;
    }
}

}  // namespace suprsync

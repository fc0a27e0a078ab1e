// Long work in pieces: everything else that waits for the loop gets its turn in between.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace suprsync {

/// Returns when the loop has done what waited before.
inline boost::asio::awaitable<void> yield() {
    const auto loop = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(loop, boost::asio::use_awaitable);
}

}  // namespace suprsync

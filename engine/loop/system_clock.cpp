#include "engine/loop/system_clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;

namespace suprsync {

system_clock::system_clock(asio::any_io_executor executor) : executor_(std::move(executor)) {}

epoch_seconds system_clock::now() const {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::chrono::steady_clock::time_point system_clock::steady_now() const {
    return std::chrono::steady_clock::now();
}

asio::awaitable<void> system_clock::sleep_for(std::chrono::nanoseconds duration) {
    asio::steady_timer timer(executor_,
                             std::chrono::duration_cast<std::chrono::steady_clock::duration>(duration));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace suprsync

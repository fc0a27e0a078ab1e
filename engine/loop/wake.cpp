#include "engine/loop/wake.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "engine/loop/as_value.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<void> wake::wait_notified() { co_await signal_.async_wait(as_value); }

asio::awaitable<bool> wake::wait_for(clock& time, double seconds) {
    using namespace asio::experimental::awaitable_operators;
    constexpr double most = 365 * 86400.0;  // keeps the conversion to nanoseconds in range
    if (!notified_ && seconds > 0) {
        const std::chrono::duration<double> limit(std::min(seconds, most));
        co_await (wait_notified() ||
                  time.sleep_for(std::chrono::duration_cast<std::chrono::nanoseconds>(limit)));
    }
    co_return std::exchange(notified_, false);
}

}  // namespace suprsync

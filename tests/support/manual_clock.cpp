#include "tests/support/manual_clock.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cmath>

namespace asio = boost::asio;

namespace suprsync::test {

void settle(asio::io_context& loop) {
    do loop.restart();
    while (loop.poll() > 0);
}

void result_of(asio::io_context& loop, asio::awaitable<void> task) {
    result_of(loop, [](asio::awaitable<void> inner) -> asio::awaitable<bool> {
        co_await std::move(inner);
        co_return true;
    }(std::move(task)));
}

manual_clock::manual_clock(asio::io_context& loop, epoch_seconds start)
    : loop_(loop), sleepers_(loop), wall_start_(start) {}

epoch_seconds manual_clock::now() const {
    return wall_start_ + std::chrono::duration<double>(elapsed_).count();
}

std::chrono::steady_clock::time_point manual_clock::steady_now() const {
    // Not near the epoch: differences with the past stay positive.
    return std::chrono::steady_clock::time_point(std::chrono::hours(1000) + elapsed_);
}

clock_reading manual_clock::reading() const {
    const double since_start = 1000 + std::chrono::duration<double>(elapsed_).count();
    return {"this-start", since_start, now() - since_start, synchronized};
}

asio::awaitable<void> manual_clock::sleep_for(std::chrono::nanoseconds duration) {
    if (duration.count() <= 0) {
        co_await asio::post(loop_, asio::use_awaitable);
        co_return;
    }
    constexpr std::chrono::nanoseconds latest = std::chrono::hours(24 * 365 * 100);
    co_await sleepers_.sleep_until(elapsed_ + std::min(duration, latest));
}

void manual_clock::advance(double seconds) {
    const auto target =
        elapsed_ + std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(seconds * 1e9)));
    settle(loop_);
    for (auto next = sleepers_.next(); next && *next <= target; next = sleepers_.next()) {
        elapsed_ = std::max(elapsed_, *next);
        sleepers_.wake_first();
        settle(loop_);
    }
    elapsed_ = target;
}

void manual_clock::slip(double seconds) {
    elapsed_ += std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

void manual_clock::set_wall(epoch_seconds now) {
    wall_start_ = now - std::chrono::duration<double>(elapsed_).count();
}

std::size_t manual_clock::sleepers() const { return sleepers_.count(); }

std::optional<double> manual_clock::next() const {
    const auto next = sleepers_.next();
    if (!next) return std::nullopt;
    return std::chrono::duration<double>(*next - elapsed_).count();
}

}  // namespace suprsync::test

// Time that stands still until a test moves it, and the loop that runs in between: coroutines are driven to
// where they wait, then time goes on to the next sleeper.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "engine/loop/clock.hpp"
#include "tests/support/sleepers.hpp"

namespace suprsync::test {

/// Runs the loop until no handler is ready. What waits for a sleep or for the test stays waiting.
void settle(boost::asio::io_context& loop);

class manual_clock final : public clock {
  public:
    explicit manual_clock(boost::asio::io_context& loop, epoch_seconds start = 1'700'050'000);

    epoch_seconds now() const override;
    std::chrono::steady_clock::time_point steady_now() const override;
    clock_reading reading() const override;
    /// Ends when `advance` reaches its time (in the order of the times, then of the calls), or when
    /// cancelled.
    boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) override;

    /// Settles the loop, then moves time on by `seconds`, stopping at each sleeper's time on the way to wake
    /// it and to settle the loop. Sleeps that begin on the way count.
    void advance(double seconds);
    /// Moves time on within a call that must not run the loop: whoever sleeps is woken later.
    void slip(double seconds);
    /// As the kernel says it.
    bool synchronized = false;
    /// Somebody sets the wall clock; monotonic time goes on as it was.
    void set_wall(epoch_seconds now);

    std::size_t sleepers() const;
    /// Seconds until the next sleeper wakes; none where nobody sleeps.
    std::optional<double> next() const;

  private:
    boost::asio::io_context& loop_;
    test::sleepers sleepers_;
    std::chrono::nanoseconds elapsed_{0};
    epoch_seconds wall_start_;
};

/// Starts the coroutine, settles the loop, and returns what it returned. Throws std::runtime_error where it
/// waits for something that does not come by itself, and what the coroutine threw.
template <class T>
T result_of(boost::asio::io_context& loop, boost::asio::awaitable<T> task) {
    struct outcome {
        bool ended = false;
        std::exception_ptr error;
        std::optional<T> value;
    };
    auto got = std::make_shared<outcome>();
    boost::asio::co_spawn(loop, std::move(task), [got](std::exception_ptr error, T value) {
        got->ended = true;
        got->error = error;
        got->value.emplace(std::move(value));
    });
    settle(loop);
    if (!got->ended) throw std::runtime_error("the coroutine still waits when nothing is left to do");
    if (got->error) std::rethrow_exception(got->error);
    return std::move(*got->value);
}

/// The same for a coroutine that returns nothing.
void result_of(boost::asio::io_context& loop, boost::asio::awaitable<void> task);

}  // namespace suprsync::test

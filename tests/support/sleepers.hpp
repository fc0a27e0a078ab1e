// Coroutines that wait for a clock which somebody else moves: each until its time, in the order of the times,
// then of the calls.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace suprsync::test {

class sleepers {
  public:
    explicit sleepers(boost::asio::io_context& loop);

    /// Ends when it was woken, or cancelled. May be destroyed later than the sleepers, as the loop does it.
    boost::asio::awaitable<void> sleep_until(std::chrono::nanoseconds time);

    /// The time of the one that is woken first; none where nobody sleeps.
    std::optional<std::chrono::nanoseconds> next() const;
    /// There must be one. It goes on when the loop runs.
    void wake_first();
    std::size_t count() const;

  private:
    struct sleeper;
    struct bed;
    boost::asio::io_context& loop_;
    std::shared_ptr<bed> bed_;  // outlived by coroutines that the loop destroys
};

}  // namespace suprsync::test

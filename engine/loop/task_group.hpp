// Coroutines that are started together and waited for together: nothing in this program is detached.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>

namespace suprsync {

/// Lives on the loop thread. Must be joined before it is destroyed, unless it is empty.
class task_group {
  public:
    explicit task_group(boost::asio::any_io_executor executor);
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;
    ~task_group();

    /// Starts a coroutine.
    void spawn(boost::asio::awaitable<void> task);

    std::size_t running() const;

    /// Returns when every task has ended; throws the first exception that one of them ended with (a bug).
    boost::asio::awaitable<void> join();

  private:
    struct state;
    std::shared_ptr<state> state_;
    boost::asio::any_io_executor executor_;
};

}  // namespace suprsync

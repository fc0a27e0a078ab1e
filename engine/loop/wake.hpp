// "Something has changed, check again": one coroutine waits, anybody wakes it. A wake-up that comes while it
// is busy is kept for its next wait.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "engine/loop/clock.hpp"

namespace suprsync {

/// Lives on the loop thread; one waiter at a time.
class wake {
  public:
    explicit wake(const boost::asio::any_io_executor& executor)
        : signal_(executor, boost::asio::steady_timer::time_point::max()) {}

    void notify() {
        notified_ = true;
        signal_.cancel();
    }

    /// Notified, and the waiter does not know yet.
    bool pending() const { return notified_; }

    /// Returns when notified, or after `seconds` of the clock; true where it was notified. Negative waits are
    /// none.
    boost::asio::awaitable<bool> wait_for(clock& time, double seconds);

  private:
    boost::asio::awaitable<void> wait_notified();
    bool notified_ = false;
    boost::asio::steady_timer signal_;  // never expires: cancelled by notify
};

}  // namespace suprsync

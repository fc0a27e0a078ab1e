// Time, injected: the engine asks this for the time and for waits, so that tests move it by hand.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "engine/model/clock_reading.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

class clock {
  public:
    virtual ~clock() = default;

    /// Wall-clock time.
    virtual epoch_seconds now() const = 0;

    /// Monotonic time, for limits and delays.
    virtual std::chrono::steady_clock::time_point steady_now() const = 0;

    /// What the machine says of the clock behind now().
    virtual clock_reading reading() const = 0;

    /// Returns after `duration`, or at once when the coroutine is cancelled (never throws for that when the
    /// caller has set throw_if_cancelled(false)).
    virtual boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) = 0;
};

}  // namespace suprsync

// What whoever waits for blocking work shares with the thread that does it: when it is to end, and when it
// got on last. Work that hangs in a dead file system is told from it, and left behind.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

namespace suprsync {

struct work_watch {
    using clock = std::chrono::steady_clock;

    std::atomic<bool> stop =
        false;  ///< work returns soon with what it has; what is left fails with `stopped`
    std::atomic<clock::rep> progressed = clock::now().time_since_epoch().count();
    /// Which item's local file is being read at this moment; none_read while something else is done.
    std::atomic<std::size_t> reads = none_read;

    static constexpr std::size_t none_read = static_cast<std::size_t>(-1);

    void alive() { progressed = clock::now().time_since_epoch().count(); }
    clock::duration silent() const {
        return clock::now().time_since_epoch() - clock::duration(progressed.load());
    }
};

}  // namespace suprsync

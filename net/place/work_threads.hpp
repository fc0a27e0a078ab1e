// Blocking work off the loop, each piece on a thread of its own. Work that does not come back, since its file
// system does not answer, is left behind with its thread: it holds up nobody, and no end of the process.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "net/place/work_watch.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

struct work_limits {
    std::optional<std::chrono::nanoseconds> whole{};         ///< from its start to its end
    std::chrono::nanoseconds stall = std::chrono::hours(1);  ///< without getting on
    /// For work that is told to stop, before it is left behind.
    std::chrono::nanoseconds patience = std::chrono::seconds(1);
};

enum class work_end {
    done,
    timed_out,
    stalled,
    stopped,
};

/// As a child would have ended: `stop`, `time_limit` or `stall`, `itself` where it is done.
ended_by cause_of(work_end end);

struct worked {
    work_end end = work_end::done;
    /// The work has returned: what it has found counts. Otherwise a thread may still be at it, and nothing of
    /// it may be looked at.
    bool returned = true;
    std::size_t read_last = work_watch::none_read;  ///< `reads` of its watch, when that was over
};

class work_threads {
  public:
    explicit work_threads(boost::asio::any_io_executor loop);
    work_threads(const work_threads&) = delete;
    work_threads& operator=(const work_threads&) = delete;
    /// Nobody may wait for any work any more.
    ~work_threads();

    /// Runs `work`, which owns whatever it uses, and calls `meanwhile` (which may be empty) now and then on
    /// the loop, also while it is to stop. Where too many have not come back it is `stalled` at once.
    boost::asio::awaitable<worked> run(std::function<void(work_watch&)> work, work_limits limits,
                                       std::function<void(work_watch&)> meanwhile = {});

    /// What runs is told to stop, and not waited for longer than a moment; nothing is begun any more.
    void stop();

  private:
    struct job;
    struct shared;
    class waiting;
    boost::asio::any_io_executor loop_;
    std::shared_ptr<shared> shared_;
    bool stopped_ = false;
};

}  // namespace suprsync

// One batch from its first byte to its last row: staged while it is hashed here, summed there, each file
// judged by its own sum, published, recorded. Nothing rolls a batch back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <unordered_set>

#include "engine/run/batch_state.hpp"

namespace suprsync {

class batch_run {
  public:
    /// `ask_first`: files that the destination may have already.
    batch_run(archive_context& archive, batch work, std::unordered_set<file_id> ask_first)
        : state_(archive, std::move(work), std::move(ask_first)) {}

    /// Runs it to its end; bounded by the transport's limits. Never throws for an expected failure.
    boost::asio::awaitable<batch_result> run();

    const batch& work() const { return state_.work; }
    /// Monotonic time at which it began, and of the last sign of progress, for the watchdog.
    std::chrono::steady_clock::time_point begun() const { return state_.begun_at; }
    std::chrono::steady_clock::time_point last_progress() const { return state_.last_progress; }

  private:
    void report_start();
    boost::asio::awaitable<void> record();
    void report_end();

    batch_state state_;
    last_copy copy_;
};

}  // namespace suprsync

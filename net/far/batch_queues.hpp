// The batches that arrive over one channel: their messages wait for a thread, one at a time for each batch,
// and so many of them at most that the other side is held up.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "net/far/received_batch.hpp"
#include "net/far/worker_pool.hpp"

namespace suprsync::far {

class batch_queues {
  public:
    /// `pool` is ended before this goes. `answer`: as of received_batch, from any thread.
    batch_queues(worker_pool& pool, received_batch::answerer answer)
        : pool_(pool), answer_(std::move(answer)) {}

    /// Waits until there is room for it. `place`: of a batch that begins; null where there is none. False
    /// where the message is none, or an earlier one was none.
    bool take(message m, std::shared_ptr<const base_directory> place);
    /// What is being done for it is done no further.
    void cancel(std::uint32_t number);
    /// Nothing that waits is done any more, and what arrived is kept.
    void end_all();

  private:
    struct queued_batch;
    std::shared_ptr<queued_batch> batch_of(std::uint32_t number);
    bool of_no_batch(const message& m);
    void await_room(std::size_t bytes);
    void work_off(const std::shared_ptr<queued_batch>& b);

    worker_pool& pool_;
    received_batch::answerer answer_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::map<std::uint32_t, std::shared_ptr<queued_batch>> batches_;
    std::size_t waiting_bytes_ = 0;
    std::size_t waiting_messages_ = 0;
    bool broken_ = false;
    bool ending_ = false;
};

}  // namespace suprsync::far

// The threads that compute MD5 sums of local files. Callers share them slice by slice: ten thousand small
// files do not wait for somebody's large one, nor the other way round.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/ports/local_disk.hpp"
#include "storage/disk/digest_task.hpp"

namespace suprsync {

class digest_pool {
  public:
    using results = std::vector<result<local_digest>>;

    /// At least one thread.
    explicit digest_pool(int threads);
    digest_pool(const digest_pool&) = delete;
    digest_pool& operator=(const digest_pool&) = delete;

    /// Stops, and waits for the threads. Every `done` has been called by then.
    ~digest_pool();

    /// Calls `done` once, on a thread of the pool (or here, where there is nothing to do), with a result for
    /// each task in its order.
    void submit(std::vector<digest_task> tasks, std::function<void(results)> done);

    /// Files that are being read, and all that wait or come later, fail with `stopped`.
    void stop() { stop_ = true; }

  private:
    struct batch;
    void run();
    void take_turn(std::unique_lock<std::mutex>& lock);
    void offer(const std::shared_ptr<batch>& b);

    std::mutex mutex_;
    std::condition_variable work_;
    std::deque<std::shared_ptr<batch>> turns_;  // batches of which something is to be done, each once
    std::atomic<bool> stop_ = false;
    bool ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace suprsync

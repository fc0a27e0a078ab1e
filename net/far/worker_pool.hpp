// Threads for what may wait long for a disk there, at the far side: some of them, made as they are needed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace suprsync::far {

class worker_pool {
  public:
    explicit worker_pool(std::size_t most) : shared_(std::make_shared<shared>(most)) {}

    /// To be called first: without a thread nothing is worked off. False where none can be started.
    bool start();

    /// Work is begun in this order.
    void run(std::function<void()> work);

    /// Waits until nothing is left to do, for so long at most; false where something is. Whoever gives up on
    /// it has to end the process: a thread may hang in a file system.
    bool finish(std::chrono::nanoseconds limit);

  private:
    struct shared {
        explicit shared(std::size_t m) : most(m) {}
        const std::size_t most;
        std::mutex mutex;
        std::condition_variable waiting;
        std::condition_variable idle;
        std::deque<std::function<void()>> queue;
        std::size_t threads = 0;
        std::size_t at_work = 0;
    };
    static bool start_one(const std::shared_ptr<shared>& s);
    static void serve(const std::shared_ptr<shared>& s);
    std::shared_ptr<shared> shared_;
};

}  // namespace suprsync::far

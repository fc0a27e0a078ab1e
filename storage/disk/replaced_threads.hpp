// Threads that serve one queue. One whose call to a file system does not come back is left behind, and
// another takes its place: what hangs holds up nothing else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "storage/disk/hanging_paths.hpp"

namespace suprsync {

/// Everything is guarded by `mutex`. Outlives its owner in a thread that hangs.
class replaced_threads : public std::enable_shared_from_this<replaced_threads> {
  public:
    using duration = std::chrono::steady_clock::duration;

    explicit replaced_threads(duration l) : limit(l) {}
    virtual ~replaced_threads() = default;
    replaced_threads(const replaced_threads&) = delete;
    replaced_threads& operator=(const replaced_threads&) = delete;

    void start(std::size_t count);
    /// A thread that asks for `path` hangs.
    void leave_behind(const std::string& path);
    /// No thread is left that could serve anything.
    bool all_hang() const { return threads_ == 0; }
    /// Lets them serve what waits, and waits for those that do not hang, for `limit` at most.
    void end(std::unique_lock<std::mutex>& lock);

    std::mutex mutex;
    std::condition_variable work;  ///< something to serve
    hanging_paths hanging;
    duration limit;

  protected:
    virtual bool has_work() const = 0;
    /// False where it hung meanwhile, and another thread took this one's place.
    virtual bool serve_next(std::unique_lock<std::mutex>& lock) = 0;

  private:
    void start_one();
    void run();

    std::condition_variable ended_;
    std::size_t wanted_ = 0;
    std::size_t threads_ = 0;  // that do not hang
    bool ending_ = false;
};

}  // namespace suprsync

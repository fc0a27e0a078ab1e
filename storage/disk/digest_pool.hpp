// The threads that compute MD5 sums of local files. Callers share them slice by slice: ten thousand small
// files do not wait for somebody's large one, nor the other way round. A read that does not come back is left
// behind with its thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "engine/ports/local_disk.hpp"
#include "storage/disk/digest_task.hpp"

namespace suprsync {

class digest_pool {
  public:
    using results = std::vector<result<local_digest>>;
    using duration = std::chrono::steady_clock::duration;

    /// At least one thread; none may read for longer than `limit` without a byte.
    digest_pool(int threads, duration limit);
    digest_pool(const digest_pool&) = delete;
    digest_pool& operator=(const digest_pool&) = delete;
    ~digest_pool() { end(); }

    /// Calls `done` once, on a thread of the pool (or of whoever calls this or the functions below), with a
    /// result for each task in its order. `progress`, where it is given, gets the bytes that were read, slice
    /// by slice.
    void submit(std::vector<digest_task> tasks, std::function<void(results)> done,
                std::shared_ptr<digest_progress> progress = {});

    /// Leaves behind what hangs: it fails with `place`, as does what lies where it is known to hang. To be
    /// called now and then while somebody waits.
    void supervise();

    /// Files that are being read, and all that wait or come later, fail with `stopped`.
    void stop();

    /// Stops, and waits for the threads that do not hang. Every `done` has been called by then.
    void end();

  private:
    struct batch;
    struct step;
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace suprsync

// Closes descriptors for those who must not wait: a server that does not answer holds up even close(2). Where
// one takes too long, another thread goes on with the others.
#pragma once

#include <chrono>
#include <memory>

namespace suprsync {

class closing_thread {
  public:
    explicit closing_thread(std::chrono::steady_clock::duration limit);

    /// Does not block. May be called from any thread.
    void close(int descriptor);

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace suprsync

#include "storage/disk/closing_thread.hpp"

#include <unistd.h>

#include <deque>
#include <mutex>

#include "engine/files/detached_thread.hpp"

namespace suprsync {

using steady = std::chrono::steady_clock;

namespace {

constexpr int most_threads = 16;

}  // namespace

// There is a thread while there is something to close: an end of the process waits for none.
struct closing_thread::shared {
    std::mutex mutex;
    std::deque<int> descriptors;
    steady::duration limit{};
    steady::time_point since;  // the newest thread began to close what it closes
    bool working = false;      // the newest thread is there
    unsigned newest = 0;
    int threads = 0;

    void run(unsigned number) {
        std::unique_lock lock(mutex);
        while (number == newest && !descriptors.empty()) {
            const int descriptor = descriptors.front();
            descriptors.pop_front();
            since = steady::now();
            lock.unlock();
            ::close(descriptor);
            lock.lock();
        }
        if (number == newest) working = false;
        --threads;
    }
};

closing_thread::closing_thread(steady::duration limit) : shared_(std::make_shared<shared>()) {
    shared_->limit = limit;
}

void closing_thread::close(int descriptor) {
    const std::lock_guard lock(shared_->mutex);
    auto& s = *shared_;
    s.descriptors.push_back(descriptor);
    if (s.working && (steady::now() - s.since < s.limit || s.threads >= most_threads)) return;
    // Where none can be started, the next one's thread closes this one, too.
    s.working = start_detached_thread([held = shared_, number = s.newest + 1] { held->run(number); });
    if (!s.working) return;
    s.since = steady::now();
    ++s.threads;
    ++s.newest;
}

}  // namespace suprsync

#include "net/far/worker_pool.hpp"

#include <thread>
#include <utility>

namespace suprsync::far {

void worker_pool::run(std::function<void()> work) {
    const auto s = shared_;
    const std::lock_guard lock(s->mutex);
    s->queue.push_back(std::move(work));
    if (s->at_work + s->queue.size() > s->threads && s->threads < s->most) {
        ++s->threads;
        // Ends with the process; what it works on, it keeps.
        std::thread([s] { serve(s); }).detach();
    }
    s->waiting.notify_one();
}

void worker_pool::serve(const std::shared_ptr<shared>& s) {
    std::unique_lock lock(s->mutex);
    while (true) {
        s->waiting.wait(lock, [&] { return !s->queue.empty(); });
        auto work = std::move(s->queue.front());
        s->queue.pop_front();
        ++s->at_work;
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
        --s->at_work;
        if (s->at_work == 0 && s->queue.empty()) s->idle.notify_all();
    }
}

bool worker_pool::finish(std::chrono::nanoseconds limit) {
    std::unique_lock lock(shared_->mutex);
    return shared_->idle.wait_for(lock, limit,
                                  [&] { return shared_->at_work == 0 && shared_->queue.empty(); });
}

}  // namespace suprsync::far

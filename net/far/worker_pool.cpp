#include "net/far/worker_pool.hpp"

#include <tuple>
#include <utility>

#include "engine/files/detached_thread.hpp"

namespace suprsync::far {

bool worker_pool::start_one(const std::shared_ptr<shared>& s) {
    const bool started = start_detached_thread([s] { serve(s); });
    if (started) ++s->threads;
    return started;
}

bool worker_pool::start() {
    const std::lock_guard lock(shared_->mutex);
    return start_one(shared_);
}

void worker_pool::run(std::function<void()> work) {
    const auto s = shared_;
    const std::lock_guard lock(s->mutex);
    s->queue.push_back(std::move(work));
    // Where no further one can be started, those that are there work it off.
    if (s->at_work + s->queue.size() > s->threads && s->threads < s->most) std::ignore = start_one(s);
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

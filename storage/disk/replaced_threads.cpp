#include "storage/disk/replaced_threads.hpp"

#include <thread>

namespace suprsync {

namespace {

constexpr std::size_t most_hanging = 64;  // threads that are left behind and replaced

}  // namespace

void replaced_threads::start(std::size_t count) {
    const std::lock_guard lock(mutex);
    wanted_ = count;
    for (std::size_t i = 0; i < count; ++i) start_one();
}

// Not joined: one that hangs must not be waited for.
void replaced_threads::start_one() {
    ++threads_;
    std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void replaced_threads::run() {
    std::unique_lock lock(mutex);
    while (true) {
        work.wait(lock, [this] { return ending_ || has_work(); });
        if (!has_work()) break;
        if (serve_next(lock)) continue;
        if (threads_ >= wanted_) return;
        ++threads_;  // too many hung to replace each
    }
    --threads_;
    ended_.notify_all();
}

void replaced_threads::leave_behind(const std::string& path) {
    hanging.begins(path);
    --threads_;
    if (!ending_ && hanging.count() <= most_hanging) start_one();
}

void replaced_threads::end(std::unique_lock<std::mutex>& lock) {
    ending_ = true;
    work.notify_all();
    ended_.wait_for(lock, limit, [this] { return threads_ == 0; });
}

}  // namespace suprsync

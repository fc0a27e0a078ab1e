#include "storage/disk/digest_pool.hpp"

#include <algorithm>

namespace suprsync {

namespace {

// What a batch may read in one turn, some 50 ms, and what opening a file counts in this.
constexpr std::size_t slice = std::size_t{32} * 1024 * 1024;
constexpr std::size_t cost_of_a_file = 65536;

}  // namespace

// Guarded by the pool's mutex, but for a task that a thread has taken.
struct digest_pool::batch {
    struct open_task {
        std::size_t index;
        digest_task task;
    };

    std::vector<digest_task> tasks;
    std::size_t next = 0;         // the first task that nobody has begun
    std::deque<open_task> begun;  // read in part; at most one for each thread
    std::size_t unfinished = 0;   // tasks without a result
    bool in_turns = false;        // stands in turns_
    std::vector<std::optional<result<local_digest>>> outcome;
    std::function<void(results)> done;

    bool has_work() const { return !begun.empty() || next < tasks.size(); }

    open_task take() {
        if (begun.empty()) {
            const auto index = next++;
            return {index, std::move(tasks[index])};
        }
        auto task = std::move(begun.front());
        begun.pop_front();
        return task;
    }
};

digest_pool::digest_pool(int threads) {
    for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { run(); });
}

digest_pool::~digest_pool() {
    stop();
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    work_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void digest_pool::submit(std::vector<digest_task> tasks, std::function<void(results)> done) {
    if (tasks.empty()) return done({});
    auto b = std::make_shared<batch>();
    b->unfinished = tasks.size();
    b->outcome.resize(tasks.size());
    b->tasks = std::move(tasks);
    b->done = std::move(done);
    const std::lock_guard lock(mutex_);
    offer(b);
}

void digest_pool::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        work_.wait(lock, [this] { return ending_ || !turns_.empty(); });
        if (turns_.empty()) return;
        take_turn(lock);
    }
}

// Lets any thread work for the batch when its turn comes.
void digest_pool::offer(const std::shared_ptr<batch>& b) {
    if (b->in_turns || !b->has_work()) return;
    b->in_turns = true;
    turns_.push_back(b);
    work_.notify_one();
}

// Works for the batch whose turn it is until it has read a slice, in one file or in many.
void digest_pool::take_turn(std::unique_lock<std::mutex>& lock) {
    const auto b = turns_.front();
    turns_.pop_front();
    b->in_turns = false;
    for (std::size_t budget = slice; budget > 0 && b->has_work();) {
        auto current = b->take();
        offer(b);
        lock.unlock();
        auto finished = current.task.advance(budget, stop_);
        budget -= std::min(budget, cost_of_a_file);
        lock.lock();
        if (!finished) {
            b->begun.push_back(std::move(current));
            continue;
        }
        b->outcome[current.index] = std::move(finished);
        if (--b->unfinished > 0) continue;
        lock.unlock();
        results all;
        all.reserve(b->outcome.size());
        for (auto& one : b->outcome) all.push_back(std::move(*one));
        b->done(std::move(all));
        lock.lock();
        return;
    }
    offer(b);
}

}  // namespace suprsync

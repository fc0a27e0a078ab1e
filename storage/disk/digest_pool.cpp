#include "storage/disk/digest_pool.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <list>
#include <mutex>

#include "storage/disk/patient_threads.hpp"

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;

// What a batch may read in one turn, some 50 ms, and what opening a file counts in this.
constexpr std::size_t slice = std::size_t{32} * 1024 * 1024;
constexpr std::size_t cost_of_a_file = 65536;

failure failed(const std::string& path, failure_code code, const std::string& why) {
    return {code, "compute the MD5 of", path, why};
}

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
    bool in_turns = false;        // stands in turns
    std::vector<std::optional<result<local_digest>>> outcome;
    std::function<void(results)> done;
    std::shared_ptr<digest_progress> progress;  // may be null; never changes

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

    void settle(std::size_t index, result<local_digest> one) {
        outcome[index] = std::move(one);
        if (--unfinished > 0) return;
        results all;
        all.reserve(outcome.size());
        for (auto& o : outcome) all.push_back(std::move(*o));
        std::exchange(done, {})(std::move(all));
    }
};

// What a thread reads now.
struct digest_pool::step {
    std::shared_ptr<batch> of;
    std::size_t index = 0;
    std::string path;
    read_watch watch;
    bool left = false;  // behind, with its thread
};

struct digest_pool::shared final : replaced_threads {
    using replaced_threads::replaced_threads;

    std::deque<std::shared_ptr<batch>> turns;  // batches of which something is to be done, each once
    std::list<std::shared_ptr<step>> steps;
    std::atomic<bool> stop = false;

    /// Lets any thread work for the batch when its turn comes.
    void offer(const std::shared_ptr<batch>& b) {
        if (b->in_turns || !b->has_work()) return;
        b->in_turns = true;
        turns.push_back(b);
        work.notify_one();
    }

    /// False where it hung meanwhile, and another thread took this one's place.
    bool advance(std::unique_lock<std::mutex>& lock, const std::shared_ptr<batch>& b,
                 batch::open_task current, std::size_t& budget) {
        const auto path = current.task.path();
        if (hanging.holds_up(path)) {
            b->settle(current.index, failed(path, failure_code::place, "its file system does not answer"));
            return true;
        }
        const auto now = std::make_shared<step>(b, current.index, path);
        const auto place = steps.insert(steps.end(), now);
        lock.unlock();
        const auto budget_before = budget;
        auto finished = current.task.advance(budget, stop, now->watch);
        if (b->progress) b->progress->bytes += budget_before - budget;
        // Closing may hang, too.
        if (finished) const digest_task closed(std::move(current.task));
        lock.lock();
        if (now->left) {
            hanging.ends(path);
            return false;
        }
        steps.erase(place);
        if (finished)
            b->settle(current.index, std::move(*finished));
        else
            b->begun.push_back(std::move(current));
        return true;
    }

    bool has_work() const override { return !turns.empty(); }

    /// Works for the batch whose turn it is until it has read a slice, in one file or in many.
    bool serve_next(std::unique_lock<std::mutex>& lock) override {
        const auto b = turns.front();
        turns.pop_front();
        b->in_turns = false;
        for (std::size_t budget = slice; budget > 0 && b->has_work();) {
            auto current = b->take();
            offer(b);
            if (!advance(lock, b, std::move(current), budget)) return false;
            budget -= std::min(budget, cost_of_a_file);
        }
        offer(b);
        return true;
    }

    /// Leaves behind what has read nothing since `before`.
    void leave(steady::time_point before, const failure& why) {
        steps.remove_if([&](const std::shared_ptr<step>& now) {
            if (now->watch.progressed.load() > before.time_since_epoch().count()) return false;
            now->left = true;
            leave_behind(now->path);
            now->of->settle(now->index, failed(now->path, why.code, why.detail));
            return true;
        });
    }

    /// What nobody is left to read.
    void refuse_all(const failure& why) {
        for (const auto& b : std::exchange(turns, {}))
            for (b->in_turns = false; b->has_work();) {
                auto one = b->take();
                b->settle(one.index, failed(one.task.path(), why.code, why.detail));
            }
    }
};

digest_pool::digest_pool(int threads, duration limit) : shared_(std::make_shared<shared>(limit)) {
    shared_->start(static_cast<std::size_t>(std::max(threads, 1)));
}

void digest_pool::submit(std::vector<digest_task> tasks, std::function<void(results)> done,
                         std::shared_ptr<digest_progress> progress) {
    if (tasks.empty()) return done({});
    auto b = std::make_shared<batch>();
    b->unfinished = tasks.size();
    b->outcome.resize(tasks.size());
    b->tasks = std::move(tasks);
    b->done = std::move(done);
    b->progress = std::move(progress);
    const std::lock_guard lock(shared_->mutex);
    shared_->offer(b);
}

void digest_pool::supervise() {
    const std::lock_guard lock(shared_->mutex);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(shared_->limit).count();
    shared_->leave(steady::now() - shared_->limit,
                   failed({}, failure_code::place,
                          "reading it has brought nothing for " + std::to_string(seconds) + " s"));
    if (shared_->all_hang())
        shared_->refuse_all(failed({}, failure_code::place, "too many calls to local file systems hang"));
}

void digest_pool::stop() {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->limit = std::min<duration>(shared_->limit, std::chrono::seconds(1));
}

void digest_pool::end() {
    stop();
    std::unique_lock lock(shared_->mutex);
    shared_->end(lock);
    const auto why = failed({}, failure_code::stopped, "shutting down");
    shared_->leave(steady::time_point::max(), why);
    shared_->refuse_all(why);
}

}  // namespace suprsync

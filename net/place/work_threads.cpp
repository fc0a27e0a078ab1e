#include "net/place/work_threads.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>

#include "engine/files/detached_thread.hpp"

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace suprsync {

namespace {

constexpr std::size_t most_left_behind = 32;  // threads
constexpr std::chrono::milliseconds looked_at_every{200};

}  // namespace

struct work_threads::job {
    std::function<void(work_watch&)> work;
    work_watch watch;
    bool returned = false;                // guarded by the mutex, as is what follows
    asio::steady_timer* timer = nullptr;  // of whoever waits, while somebody does
};

/// Outlives its owner in a thread that hangs.
struct work_threads::shared : std::enable_shared_from_this<shared> {
    std::mutex mutex;
    bool loop_is_left = false;  // nobody is there to be told
    std::list<std::shared_ptr<job>> waited_for;
    std::size_t left_behind = 0;

    void run(const std::shared_ptr<job>& j, const asio::any_io_executor& loop) {
        j->work(j->watch);
        // What it holds is let go of here: the loop would wait for a close(2).
        j->work = {};
        const std::lock_guard lock(mutex);
        j->returned = true;
        const auto place = std::find(waited_for.begin(), waited_for.end(), j);
        if (place == waited_for.end())
            --left_behind;
        else if (!loop_is_left)
            asio::post(loop, [self = shared_from_this(), j] { self->wake(*j); });
    }

    void wake(job& j) {
        const std::lock_guard lock(mutex);
        if (j.timer != nullptr) j.timer->cancel();
    }

    bool is_full() {
        const std::lock_guard lock(mutex);
        return left_behind >= most_left_behind;
    }

    void begins(const std::shared_ptr<job>& j) {
        const std::lock_guard lock(mutex);
        waited_for.push_back(j);
    }

    bool has_returned(const job& j) {
        const std::lock_guard lock(mutex);
        return j.returned;
    }

    /// Whether it has come back in the end.
    bool ends(const std::shared_ptr<job>& j) {
        const std::lock_guard lock(mutex);
        waited_for.remove(j);
        j->timer = nullptr;
        if (!j->returned) ++left_behind;
        return j->returned;
    }
};

/// Whoever waits, until it does not any more.
class work_threads::waiting {
  public:
    waiting(std::shared_ptr<shared> all, std::shared_ptr<job> j) : all_(std::move(all)), job_(std::move(j)) {
        all_->begins(job_);
    }
    waiting(const waiting&) = delete;
    waiting& operator=(const waiting&) = delete;
    ~waiting() { end(); }
    /// Whether the work has come back.
    bool end() {
        if (!returned_) returned_ = all_->ends(job_);
        return *returned_;
    }

  private:
    std::shared_ptr<shared> all_;
    std::shared_ptr<job> job_;
    std::optional<bool> returned_;
};

ended_by cause_of(work_end end) {
    switch (end) {
        case work_end::done:
            return ended_by::itself;
        case work_end::timed_out:
            return ended_by::time_limit;
        case work_end::stalled:
            return ended_by::stall;
        case work_end::stopped:
            return ended_by::stop;
    }
    return ended_by::stop;
}

work_threads::work_threads(asio::any_io_executor loop)
    : loop_(std::move(loop)), shared_(std::make_shared<shared>()) {}

work_threads::~work_threads() {
    const std::lock_guard lock(shared_->mutex);
    shared_->loop_is_left = true;
}

void work_threads::stop() {
    stopped_ = true;
    const std::lock_guard lock(shared_->mutex);
    for (const auto& j : shared_->waited_for) {
        j->watch.stop = true;
        j->timer->cancel();
    }
}

asio::awaitable<worked> work_threads::run(std::function<void(work_watch&)> work, work_limits limits,
                                          std::function<void(work_watch&)> meanwhile) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (stopped_) co_return worked{work_end::stopped, false};
    const auto all = shared_;
    if (all->is_full()) co_return worked{work_end::stalled, false};
    const auto j = std::make_shared<job>();
    asio::steady_timer timer(loop_);
    j->work = std::move(work);
    j->timer = &timer;
    waiting mine(all, j);
    if (!start_detached_thread([all, j, loop = loop_] { all->run(j, loop); })) {
        j->returned = true;
        co_return worked{work_end::stalled, false};
    }
    const auto begun = steady::now();
    worked found;
    std::optional<steady::time_point> patience;
    while (!all->has_returned(*j)) {
        if (meanwhile) meanwhile(j->watch);
        const auto now = steady::now();
        if (!patience) {
            if (stopped_)
                found.end = work_end::stopped;
            else if (limits.whole && now - begun >= *limits.whole)
                found.end = work_end::timed_out;
            else if (j->watch.silent() >= limits.stall)
                found.end = work_end::stalled;
            if (found.end != work_end::done) {
                found.read_last = j->watch.reads;
                j->watch.stop = true;
                patience = now + limits.patience;
            }
        } else if (now >= *patience) {
            break;
        }
        auto next = now + std::min<steady::duration>(looked_at_every, limits.stall);
        if (limits.whole && !patience) next = std::min(next, begun + *limits.whole);
        if (patience) next = std::min(next, *patience);
        timer.expires_at(std::max(next, now));
        if (all->has_returned(*j)) break;
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    found.returned = mine.end();
    // It may come back before anybody has seen why.
    if (found.end == work_end::done && j->watch.stop) found.end = work_end::stopped;
    if (meanwhile) meanwhile(j->watch);
    co_return found;
}

}  // namespace suprsync

#include "storage/disk/patient_threads.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "storage/disk/hanging_paths.hpp"

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace suprsync {

namespace {

constexpr std::size_t most_hanging = 64;  // threads that are left behind and replaced
constexpr std::chrono::seconds limit_at_the_end{1};

}  // namespace

// Outlives the pool in a thread that hangs.
struct patient_threads::shared {
    std::mutex mutex;
    std::condition_variable work;
    std::condition_variable ended;
    std::deque<std::pair<std::shared_ptr<job>, unsigned>> queue;  // and the turn that it waits for
    hanging_paths hanging;
    std::size_t wanted = 0;   // threads
    std::size_t threads = 0;  // that do not hang
    bool ending = false;
    duration limit{};
    std::set<asio::steady_timer*> waiting;  // of the loop thread

    failure held_up(const job& j, std::size_t i, const std::string& why) const {
        return {failure_code::place, j.operation, j.paths[i], why};
    }

    /// Serves the job to its end. False where it hung meanwhile, and another thread took this one's place.
    bool serve(std::unique_lock<std::mutex>& lock, job& j, unsigned turn) {
        for (; j.next < j.paths.size(); ++j.next) {
            const auto i = j.next;
            if (hanging.holds_up(j.paths[i])) {
                j.refuse(i, held_up(j, i, "its file system does not answer"));
                continue;
            }
            j.since = steady::now();
            j.asking = true;
            lock.unlock();
            const auto keep = j.ask(i);
            lock.lock();
            if (j.turn != turn) {
                hanging.ends(j.paths[i]);
                return false;
            }
            j.asking = false;
            keep();
        }
        ++j.turn;
        if (j.done) j.done();
        return true;
    }

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            work.wait(lock, [this] { return ending || !queue.empty(); });
            if (queue.empty()) break;
            const auto [j, turn] = std::move(queue.front());
            queue.pop_front();
            if (j->turn != turn || serve(lock, *j, turn)) continue;
            if (threads >= wanted) return;
            ++threads;  // too many hung to replace each
        }
        --threads;
        ended.notify_all();
    }

    /// Not joined: one that hangs must not be waited for.
    static void start_thread(const std::shared_ptr<shared>& s) {
        ++s->threads;
        std::thread([s] { s->run(); }).detach();
    }

    void offer(const std::shared_ptr<job>& j, bool first) {
        j->since = steady::now();
        j->asking = false;
        if (first)
            queue.emplace_front(j, j->turn);
        else
            queue.emplace_back(j, j->turn);
        work.notify_one();
    }

    /// Leaves behind what takes too long. True where nothing of the job is left to be waited for.
    static bool look_after(const std::shared_ptr<shared>& s, const std::shared_ptr<job>& j) {
        if (j->next >= j->paths.size() || steady::now() - j->since < s->limit) return false;
        ++j->turn;
        if (j->asking) {
            const auto i = j->next++;
            s->hanging.begins(j->paths[i]);
            j->refuse(i, s->held_up(*j, i,
                                    fmt::format(
                                        "its file system has not answered for {} s",
                                        std::chrono::duration_cast<std::chrono::seconds>(s->limit).count())));
            --s->threads;
            if (s->hanging.count() <= most_hanging) start_thread(s);
        } else if (s->threads == 0) {
            for (; j->next < j->paths.size(); ++j->next)
                j->refuse(j->next, s->held_up(*j, j->next, "too many calls to local file systems hang"));
        }
        if (j->next >= j->paths.size()) return true;
        s->offer(j, true);
        return false;
    }
};

patient_threads::patient_threads(asio::any_io_executor loop, std::size_t threads, duration limit)
    : loop_(std::move(loop)), shared_(std::make_shared<shared>()) {
    shared_->limit = limit;
    shared_->wanted = threads;
    for (std::size_t i = 0; i < threads; ++i) shared::start_thread(shared_);
}

patient_threads::~patient_threads() {
    std::unique_lock lock(shared_->mutex);
    shared_->ending = true;
    shared_->work.notify_all();
    shared_->ended.wait_for(lock, shared_->limit, [this] { return shared_->threads == 0; });
}

void patient_threads::stop() {
    const std::lock_guard lock(shared_->mutex);
    shared_->limit = std::min<duration>(shared_->limit, limit_at_the_end);
    for (auto* timer : shared_->waiting) timer->cancel();
}

asio::awaitable<void> patient_threads::run(std::shared_ptr<job> asked) {
    if (asked->paths.empty()) co_return;
    // Not cancelled, as off_loop() is not: what was asked refers to nothing of the caller's all the same.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto timer = std::make_shared<asio::steady_timer>(loop_);
    const auto done = std::make_shared<bool>(false);
    // However the caller goes away, a thread that hangs keeps nothing of the loop.
    struct place {
        std::shared_ptr<shared> threads;
        std::shared_ptr<job> asked;
        asio::steady_timer* timer;
        ~place() {
            const std::lock_guard lock(threads->mutex);
            threads->waiting.erase(timer);
            asked->done = {};
        }
    };
    const place taken{shared_, asked, timer.get()};
    const auto s = shared_;
    std::unique_lock lock(s->mutex);
    asked->done = [timer, done, loop = loop_] {
        asio::post(loop, [timer, done] {
            *done = true;
            timer->cancel();
        });
    };
    s->waiting.insert(timer.get());
    s->offer(asked, false);
    while (!*done) {
        timer->expires_after(s->limit / 4);
        lock.unlock();
        co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
        lock.lock();
        if (!*done && shared::look_after(s, asked)) break;
    }
}

}  // namespace suprsync

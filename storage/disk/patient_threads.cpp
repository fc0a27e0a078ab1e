#include "storage/disk/patient_threads.hpp"

#include <fmt/format.h>
#include <mntent.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <set>
#include <system_error>
#include <tuple>

#include "engine/files/detached_thread.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/registration_rules.hpp"

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace suprsync {

namespace {

constexpr std::chrono::seconds limit_at_the_end{1};
constexpr std::size_t most_hanging = 64;  // threads that are left behind and replaced

}  // namespace

std::string mount_of(const std::string& path) {
    std::string found = "/";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> mounts(::setmntent("/proc/self/mounts", "re"),
                                                                 ::endmntent);
    ::mntent entry{};
    char space[8192];
    while (mounts && ::getmntent_r(mounts.get(), &entry, space, sizeof space) != nullptr) {
        const std::string mount = entry.mnt_dir;
        if (mount.size() > found.size() && lies_below_any(path, {mount})) found = mount;
    }
    return found == "/" ? directory_of(path) : found;
}

void hanging_paths::begins(const std::string& path) { hanging_.push_back({path, mount_of(path)}); }

void hanging_paths::ends(const std::string& path) {
    const auto found =
        std::find_if(hanging_.begin(), hanging_.end(), [&](const one& h) { return h.path == path; });
    if (found != hanging_.end()) hanging_.erase(found);
}

bool hanging_paths::holds_up(const std::string& path) const {
    return std::any_of(hanging_.begin(), hanging_.end(), [&](const one& h) {
        if (h.path == path) return true;
        const auto of_mount = std::count_if(hanging_.begin(), hanging_.end(),
                                            [&](const one& other) { return other.mount == h.mount; });
        return of_mount > 1 && lies_below_any(path, {h.mount});
    });
}

void replaced_threads::start(std::size_t count) {
    const std::lock_guard lock(mutex);
    wanted_ = count;
    for (std::size_t i = 0; i < count; ++i)
        if (!start_one())
            throw std::system_error(EAGAIN, std::generic_category(), "no thread can be started");
}

// Not joined: one that hangs must not be waited for.
bool replaced_threads::start_one() {
    const bool started = start_detached_thread([self = shared_from_this()] { self->run(); });
    if (started) ++threads_;
    return started;
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
    // Where none can be started, those that are left serve what waits, and this one, when it comes back.
    if (!ending_ && hanging.count() <= most_hanging) std::ignore = start_one();
}

void replaced_threads::end(std::unique_lock<std::mutex>& lock) {
    ending_ = true;
    work.notify_all();
    ended_.wait_for(lock, limit, [this] { return threads_ == 0; });
}

struct patient_threads::shared final : replaced_threads {
    using replaced_threads::replaced_threads;

    std::deque<std::pair<std::shared_ptr<job>, unsigned>> queue;  // and the turn that it waits for
    std::set<asio::steady_timer*> waiting;                        // of the loop thread

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

    bool has_work() const override { return !queue.empty(); }

    bool serve_next(std::unique_lock<std::mutex>& lock) override {
        const auto [j, turn] = std::move(queue.front());
        queue.pop_front();
        return j->turn != turn || serve(lock, *j, turn);
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
    bool supervise(const std::shared_ptr<job>& j) {
        if (j->next >= j->paths.size() || steady::now() - j->since < limit) return false;
        ++j->turn;
        if (j->asking) {
            const auto i = j->next++;
            j->refuse(i,
                      held_up(*j, i,
                              fmt::format("its file system has not answered for {} s",
                                          std::chrono::duration_cast<std::chrono::seconds>(limit).count())));
            leave_behind(j->paths[i]);
        } else if (all_hang()) {
            for (; j->next < j->paths.size(); ++j->next)
                j->refuse(j->next, held_up(*j, j->next, "too many calls to local file systems hang"));
        }
        if (j->next >= j->paths.size()) return true;
        offer(j, true);
        return false;
    }
};

patient_threads::patient_threads(asio::any_io_executor loop, std::size_t threads, duration limit)
    : loop_(std::move(loop)), shared_(std::make_shared<shared>(limit)) {
    shared_->start(threads);
}

patient_threads::~patient_threads() {
    std::unique_lock lock(shared_->mutex);
    shared_->end(lock);
}

void patient_threads::stop() {
    const std::lock_guard lock(shared_->mutex);
    shared_->limit = std::min<duration>(shared_->limit, limit_at_the_end);
    for (auto* timer : shared_->waiting) timer->cancel();
}

asio::awaitable<void> patient_threads::run(std::shared_ptr<job> asked) {
    if (asked->paths.empty()) co_return;
    // Not cancelled: what was asked refers to nothing of the caller's all the same.
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
        if (!*done && s->supervise(asked)) break;
    }
}

}  // namespace suprsync

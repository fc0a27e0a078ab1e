#include "storage/sqlite/sqlite_thread.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "engine/loop/this_machine.hpp"
#include "engine/model/shell_word.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// How long SQLite itself waits for a lock before the task yields to the next one.
constexpr std::chrono::milliseconds lock_slice{200};
// Some kinds of "locked" are reported without waiting.
constexpr std::chrono::milliseconds least_wait{10};
// Between two looks at a lock.
constexpr std::chrono::milliseconds lock_poll{2};

std::string advice(const SQLite::Exception& e) {
    switch (e.getErrorCode() & 0xff) {
        case SQLITE_FULL:
            return ": make room on the file system of the catalog";
        case SQLITE_IOERR:
            return ": see the kernel log for errors of the disk";
        case SQLITE_READONLY:
            return ": the catalog or its directory is not writable any more";
        case SQLITE_CORRUPT:
            return ": check it with PRAGMA integrity_check";
        default:
            return "";
    }
}

}  // namespace

sqlite_thread::sqlite_thread(std::unique_ptr<SQLite::Database> database, std::string path,
                             asio::any_io_executor run_inline_on,
                             std::optional<std::chrono::milliseconds> patience)
    : path_(std::move(path)),
      patience_(patience),
      connection_(nullptr),
      run_inline_on_(std::move(run_inline_on)),
      inline_self_(std::make_shared<sqlite_thread*>(this)) {
    use(std::move(database));
    connection_.on_write_lock = [this] { locked_since_ = 0; };
    connection_.on_write_unlock = [this](std::chrono::steady_clock::duration elapsed) {
        const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(elapsed).count();
        if (ns > longest_lock_ns_) longest_lock_ns_ = ns;
    };
    if (!run_inline_on_) thread_ = std::thread([this] { work(); });
}

void sqlite_thread::use(std::unique_ptr<SQLite::Database> database) {
    connection_.replace(std::move(database));
    // A loop is not to be blocked by a lock.
    if (connection_.is_open() && !run_inline_on_)
        sqlite3_busy_handler(connection_.database().getHandle(), wait_for_lock, this);
}

// SQLite's busy handler: 0 ends the waiting. That of a page ends when somebody comes who goes before it.
int sqlite_thread::wait_for_lock(void* self, int tries) {
    auto& thread = *static_cast<sqlite_thread*>(self);
    const auto now = std::chrono::steady_clock::now();
    if (tries == 0) thread.waits_since_ = now;
    const auto is_over = [&] {
        return thread.stopped_ || thread.last_try_ ||
               (thread.at_work_for_ == asker::page && thread.engine_comes());
    };
    std::unique_lock lock(thread.mutex_);
    if (now - thread.waits_since_ >= lock_slice) return 0;
    return thread.wake_.wait_for(lock, lock_poll, is_over) ? 0 : 1;
}

sqlite_thread::~sqlite_thread() {
    stop();
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    *inline_self_ = nullptr;
    if (run_inline_on_) work();
}

void sqlite_thread::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    wake_.notify_all();
}

std::optional<epoch_seconds> sqlite_thread::locked_since() const {
    const double since = locked_since_;
    if (since == 0) return std::nullopt;
    return since;
}

duration_histogram sqlite_thread::wait_times() const {
    const std::lock_guard lock(mutex_);
    return wait_times_;
}

double sqlite_thread::longest_write_lock() const { return static_cast<double>(longest_lock_ns_) * 1e-9; }

failure sqlite_thread::stopped() const {
    return {failure_code::stopped, "use the catalog", path_, "the program is shutting down"};
}

bool sqlite_thread::engine_waits() const {
    const std::lock_guard lock(mutex_);
    return engine_comes();
}

void sqlite_thread::initiation::operator()(waiter::handler handler, std::shared_ptr<task> t) const {
    t->waits.emplace(std::move(handler));
    self.submit(std::move(t));
}

void sqlite_thread::task::deliver() {
    if (!waits) return;
    const auto loop = waits->busy.get_executor();
    asio::post(loop, [w = std::move(*waits)]() mutable { std::move(w.goes_on)(); });
    waits.reset();
}

void sqlite_thread::submit(std::shared_ptr<task> t) {
    {
        const std::lock_guard lock(mutex_);
        (t->who == asker::page ? pages_ : engine_).push_back(std::move(t));
    }
    wake_.notify_one();
    if (run_inline_on_)
        asio::post(run_inline_on_, [self = inline_self_] {
            if (*self != nullptr) (*self)->take_turn();
        });
}

// Until the end of the object, and then until nothing waits.
void sqlite_thread::work() {
    if (!run_inline_on_) pthread_setname_np(pthread_self(), "suprsync-sqlite");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return ending_ || !is_idle(); });
        if (is_idle()) return;
        const auto begun = std::chrono::steady_clock::now();
        if (!perform_next(lock) && std::chrono::steady_clock::now() - begun < least_wait)
            wake_.wait_for(lock, least_wait,
                           [this] { return stopped_ || !engine_.empty() || !pages_.empty(); });
    }
}

// Each task that waits has a turn, which is posted or waits for its time.
void sqlite_thread::take_turn() {
    std::unique_lock lock(mutex_);
    if (is_idle() || perform_next(lock)) return;
    const auto timer = std::make_shared<asio::steady_timer>(run_inline_on_, least_wait);
    timer->async_wait([timer, self = inline_self_](const boost::system::error_code&) {
        if (*self != nullptr) (*self)->take_turn();
    });
}

// Stays where somebody gave up: the end of the lock is to be seen, whoever still wants something.
struct sqlite_thread::lock_probe final : task {
    void perform(sqlite_connection& connection) override {
        if (connection.is_open()) const write_transaction seen(connection);
    }
    void fail(failure) override {}
};

bool sqlite_thread::is_impatient(const task& t) const {
    return patience_ && t.who != asker::engine &&
           std::chrono::steady_clock::now() - t.submitted >= *patience_;
}

// While the database is locked: somebody whose patience is over, whom one last try that waits for nothing is
// due.
std::shared_ptr<sqlite_thread::task> sqlite_thread::take_impatient() {
    if (locked_since_ == 0) return nullptr;
    for (auto* waiting : {&locked_, &engine_, &pages_}) {
        const auto place = std::find_if(waiting->begin(), waiting->end(),
                                        [this](const auto& t) { return is_impatient(*t); });
        if (place == waiting->end()) continue;
        auto t = std::move(*place);
        waiting->erase(place);
        return t;
    }
    return nullptr;
}

// The engine before pages. What met a lock has every other turn, so that those who need none go on meanwhile.
std::shared_ptr<sqlite_thread::task> sqlite_thread::take_next() {
    if (auto t = take_impatient()) return t;
    const bool any_new = !engine_.empty() || !pages_.empty();
    const bool again = !locked_.empty() && !(any_new && locked_had_a_turn_);
    locked_had_a_turn_ = again;
    auto& from = again ? locked_ : !engine_.empty() ? engine_ : pages_;
    auto t = std::move(from.front());
    from.pop_front();
    return t;
}

bool sqlite_thread::perform_next(std::unique_lock<std::mutex>& lock) {
    auto t = take_next();
    const bool last_locked = locked_.empty();
    lock.unlock();
    at_work_for_ = t->who;
    last_try_ = is_impatient(*t);
    const bool settled = settle(*t);
    const bool gives_up = !settled && last_try_;
    if (gives_up)
        t->fail({failure_code::locked, "use the catalog", path_,
                 "another program keeps it locked: try again later, or find it with: fuser -v " +
                     command_word(path_)});
    // A reader that was locked out takes no lock by which the end of the lock would show.
    if (settled && t->met_lock && last_locked) locked_since_ = 0;
    if (settled || gives_up) t->deliver();
    const auto ended = std::chrono::steady_clock::now();
    lock.lock();
    if (settled || gives_up) wait_times_.observe(std::chrono::duration<double>(ended - t->submitted).count());
    if (gives_up) t = last_locked ? std::make_shared<lock_probe>() : nullptr;
    if (settled || !t) return true;
    t->met_lock = true;
    locked_.push_back(std::move(t));
    return false;
}

bool sqlite_thread::settle(task& t) {
    if (stopped_) {
        t.fail(stopped());
        return true;
    }
    try {
        t.perform(connection_);
    } catch (const SQLite::Exception& e) {
        ++errors_;
        if (means_locked(e)) {
            if (locked_since_ == 0) locked_since_ = wall_clock();
            return false;
        }
        t.fail({failure_code::catalog, "use the catalog", path_, e.what() + advice(e)});
    } catch (const std::exception& e) {
        t.fail({failure_code::catalog, "use the catalog", path_, e.what()});
    }
    return true;
}

}  // namespace suprsync

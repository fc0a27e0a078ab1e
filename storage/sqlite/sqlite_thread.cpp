#include "storage/sqlite/sqlite_thread.hpp"

#include <pthread.h>
#include <sqlite3.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace asio = boost::asio;

namespace suprsync {

namespace {

// How long SQLite itself waits for a lock before the task yields to the next one.
constexpr int lock_slice_ms = 200;
// Some kinds of "locked" are reported without waiting.
constexpr std::chrono::milliseconds least_wait{10};

epoch_seconds now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

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
                             asio::any_io_executor run_inline_on)
    : path_(std::move(path)),
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
    if (connection_.is_open()) connection_.database().setBusyTimeout(run_inline_on_ ? 0 : lock_slice_ms);
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

void sqlite_thread::submit(std::unique_ptr<task> t) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(t));
    }
    wake_.notify_one();
    if (run_inline_on_)
        asio::post(run_inline_on_, [self = inline_self_] {
            if (*self != nullptr) (*self)->take_turn();
        });
}

// Until the end of the object, and then until the queue is empty.
void sqlite_thread::work() {
    if (!run_inline_on_) pthread_setname_np(pthread_self(), "suprsync-sqlite");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        const auto begun = std::chrono::steady_clock::now();
        if (!perform_first(lock) && std::chrono::steady_clock::now() - begun < least_wait)
            wake_.wait_for(lock, least_wait, [this] { return stopped_.load(); });
    }
}

// Each task in the queue has a turn, which is posted or waits for its time.
void sqlite_thread::take_turn() {
    std::unique_lock lock(mutex_);
    if (tasks_.empty() || perform_first(lock)) return;
    const auto timer = std::make_shared<asio::steady_timer>(run_inline_on_, least_wait);
    timer->async_wait([timer, self = inline_self_](const boost::system::error_code&) {
        if (*self != nullptr) (*self)->take_turn();
    });
}

bool sqlite_thread::perform_first(std::unique_lock<std::mutex>& lock) {
    auto t = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    const bool settled = settle(*t);
    const auto ended = std::chrono::steady_clock::now();
    if (settled) {
        // A reader that was locked out takes no lock by which the end of the lock would show.
        if (t->met_lock && --tasks_that_met_a_lock_ == 0) locked_since_ = 0;
        t->deliver();
    } else if (!std::exchange(t->met_lock, true)) {
        ++tasks_that_met_a_lock_;
    }
    lock.lock();
    if (settled)
        wait_times_.observe(std::chrono::duration<double>(ended - t->submitted).count());
    else
        tasks_.push_back(std::move(t));
    return settled;
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
            if (locked_since_ == 0) locked_since_ = now();
            return false;
        }
        t.fail({failure_code::catalog, "use the catalog", path_, e.what() + advice(e)});
    } catch (const std::exception& e) {
        t.fail({failure_code::catalog, "use the catalog", path_, e.what()});
    }
    return true;
}

}  // namespace suprsync

// The one thread that talks to SQLite. It takes tasks from its queues and posts their results back to the
// coroutines that wait; a task that meets a locked database is tried again until it succeeds or stop() is
// called. Tests that move time by hand have the tasks performed on their loop
// instead, so that nothing is left to happen when the loop has nothing to do.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>

#include "engine/model/duration_histogram.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"
#include "storage/sqlite/sqlite_connection.hpp"

namespace suprsync {

/// Whose question it is.
enum class asker {
    engine,  ///< goes before all pages, and waits for a lock however long it is held
    client,  ///< the same for somebody who waits for the answer: `locked` when the patience is over
    page,    ///< what people look at, and what takes as long: has the time that the others leave
};

class sqlite_thread {
  public:
    /// `path` is for messages. Where an executor is given, tasks are performed on it, one a turn and in
    /// their order, and there is no thread; the object is then to be used and destroyed there, too.
    /// `patience` is that of those who are not the engine; none: they wait as long.
    sqlite_thread(std::unique_ptr<SQLite::Database> database, std::string path,
                  boost::asio::any_io_executor run_inline_on = {},
                  std::optional<std::chrono::milliseconds> patience = std::nullopt);
    /// Stops, waits for the running transaction, and ends what waits with `stopped`.
    ~sqlite_thread();
    sqlite_thread(const sqlite_thread&) = delete;
    sqlite_thread& operator=(const sqlite_thread&) = delete;

    /// What `work(connection)` returns, a result<T>. `work` runs anew from its beginning where the database
    /// was locked: it must leave nothing behind that a rollback does not undo. What SQLite reports otherwise
    /// is failure `catalog` with its text; after stop(), `stopped`. Nothing is thrown.
    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, sqlite_connection&>> run(Work work,
                                                                                asker who = asker::engine);

    /// Whether something waits that goes before pages. A page asks it while it is performed, and ends its
    /// slice then: nobody knows beforehand how long it takes.
    bool engine_waits() const;

    /// Goes over to another database, or to none. For tasks, on their connection.
    void use(std::unique_ptr<SQLite::Database> database);

    void stop();
    std::uint64_t errors() const { return errors_; }
    std::optional<epoch_seconds> locked_since() const;
    /// From a task's submission to its end, locks included.
    duration_histogram wait_times() const;
    /// The longest time (s) for which a write lock was held since the start.
    double longest_write_lock() const;

  private:
    /// A coroutine that waits for its task, and work for its loop until then.
    struct waiter {
        using handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;
        explicit waiter(handler h) : goes_on(std::move(h)), busy(boost::asio::make_work_guard(goes_on)) {}

        handler goes_on;
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<handler>> busy;
    };
    struct task {
        virtual ~task() = default;
        virtual void perform(sqlite_connection&) = 0;
        virtual void fail(failure) = 0;
        void deliver();

        std::optional<waiter> waits;
        const std::chrono::steady_clock::time_point submitted = std::chrono::steady_clock::now();
        asker who = asker::engine;
        bool met_lock = false;
    };
    using queue = std::deque<std::shared_ptr<task>>;
    template <class Work>
    struct task_of;
    struct lock_probe;

    /// Of the operation that ends with a task.
    struct initiation {
        void operator()(waiter::handler handler, std::shared_ptr<task> t) const;
        sqlite_thread& self;
    };
    void submit(std::shared_ptr<task> t);
    void work();
    void take_turn();
    bool perform_next(std::unique_lock<std::mutex>& lock);  // false: locked, it is the last one now
    bool settle(task& t);                                   // false: locked, to be tried again
    failure stopped() const;
    // The following with the mutex.
    std::shared_ptr<task> take_next();
    std::shared_ptr<task> take_impatient();
    bool is_impatient(const task& t) const;
    bool is_idle() const { return engine_.empty() && pages_.empty() && locked_.empty(); }
    bool engine_comes() const { return !engine_.empty() || !locked_.empty(); }
    static int wait_for_lock(void* self, int tries);

    const std::string path_;
    const std::optional<std::chrono::milliseconds> patience_;
    sqlite_connection connection_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    duration_histogram wait_times_{duration_histogram::of_catalog};
    queue engine_, pages_;  // not tried yet
    queue locked_;          // tried, by whomever they are
    bool locked_had_a_turn_ = false;
    bool ending_ = false;
    // Of the thread alone.
    asker at_work_for_ = asker::engine;
    bool last_try_ = false;
    std::chrono::steady_clock::time_point waits_since_;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::uint64_t> errors_ = 0;
    std::atomic<double> locked_since_ = 0;  // 0: not locked
    std::atomic<std::int64_t> longest_lock_ns_ = 0;
    boost::asio::any_io_executor run_inline_on_;
    std::shared_ptr<sqlite_thread*> inline_self_;  // what is posted finds null in it when this object is gone
    std::thread thread_;
};

template <class Work>
struct sqlite_thread::task_of final : task {
    explicit task_of(Work w) : work(std::move(w)) {}
    void perform(sqlite_connection& connection) override { answer.emplace(work(connection)); }
    void fail(failure f) override { answer.emplace(std::move(f)); }

    Work work;
    std::optional<std::invoke_result_t<Work&, sqlite_connection&>> answer;
};

template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work&, sqlite_connection&>> sqlite_thread::run(Work work,
                                                                                           asker who) {
    const auto asked = std::make_shared<task_of<Work>>(std::move(work));
    asked->who = who;
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        initiation{*this}, boost::asio::use_awaitable, std::shared_ptr<task>(asked));
    co_return std::move(*asked->answer);
}

}  // namespace suprsync

// Threads for what is quick as long as a disk answers. A call that does not come back within a limit is
// answered with a failure and left behind with its thread, which another one replaces: a dead file server
// holds up nothing but its own files, and no shutdown.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// Where the path lies, by its text alone, since nothing of a file system that hangs may be asked: the mount
/// point above it; its directory where that is "/".
std::string mount_of(const std::string& path);

/// The local paths of which a call does not come back. One waits alone; where a second one of the same file
/// system hangs, the others there are not asked either.
class hanging_paths {
  public:
    void begins(const std::string& path);
    /// It came back.
    void ends(const std::string& path);
    bool holds_up(const std::string& path) const;
    std::size_t count() const { return hanging_.size(); }

  private:
    struct one {
        std::string path;
        std::string mount;
    };
    std::vector<one> hanging_;
};

/// Threads that serve one queue. One whose call to a file system does not come back is left behind, and
/// another takes its place: what hangs holds up nothing else. Everything is guarded by `mutex`. Outlives its
/// owner in a thread that hangs.
class replaced_threads : public std::enable_shared_from_this<replaced_threads> {
  public:
    using duration = std::chrono::steady_clock::duration;

    explicit replaced_threads(duration l) : limit(l) {}
    virtual ~replaced_threads() = default;
    replaced_threads(const replaced_threads&) = delete;
    replaced_threads& operator=(const replaced_threads&) = delete;

    void start(std::size_t count);
    /// A thread that asks for `path` hangs.
    void leave_behind(const std::string& path);
    /// No thread is left that could serve anything.
    bool all_hang() const { return threads_ == 0; }
    /// Lets them serve what waits, and waits for those that do not hang, for `limit` at most.
    void end(std::unique_lock<std::mutex>& lock);

    std::mutex mutex;
    std::condition_variable work;  ///< something to serve
    hanging_paths hanging;
    duration limit;

  protected:
    virtual bool has_work() const = 0;
    /// False where it hung meanwhile, and another thread took this one's place.
    virtual bool serve_next(std::unique_lock<std::mutex>& lock) = 0;

  private:
    bool start_one();
    void run();

    std::condition_variable ended_;
    std::size_t wanted_ = 0;
    std::size_t threads_ = 0;  // that do not hang
    bool ending_ = false;
};

class patient_threads {
  public:
    using duration = std::chrono::steady_clock::duration;

    /// `loop` is where answers arrive.
    patient_threads(boost::asio::any_io_executor loop, std::size_t threads, duration limit);
    patient_threads(const patient_threads&) = delete;
    patient_threads& operator=(const patient_threads&) = delete;
    /// Waits for the threads that can end; those that hang end with the process.
    ~patient_threads();

    /// From now on nothing is waited for longer than a second.
    void stop();

    template <class T>
    using question = std::function<result<T>(std::size_t i, const std::string& path)>;

    /// What `ask(i, path)` returns for each path and its index, one after another on one thread; `place`
    /// where it does not come back. A path that hangs is not asked again before it has come back, and where a
    /// second one of its file system hangs, neither are others there. `ask` may go on after this has
    /// returned: it owns what else it uses.
    template <class T>
    boost::asio::awaitable<std::vector<result<T>>> each_at(std::string operation,
                                                           std::vector<std::string> paths, question<T> ask) {
        const auto asked =
            std::make_shared<questions<T>>(std::move(operation), std::move(paths), std::move(ask));
        co_await run(asked);
        std::vector<result<T>> all;
        all.reserve(asked->answers.size());
        for (auto& answer : asked->answers) all.push_back(std::move(*answer));
        co_return all;
    }

    /// The same by path.
    template <class T>
    boost::asio::awaitable<std::vector<result<T>>> each(std::string operation, std::vector<std::string> paths,
                                                        std::function<result<T>(const std::string&)> ask) {
        auto by_path = [ask = std::move(ask)](std::size_t, const std::string& path) { return ask(path); };
        return each_at<T>(std::move(operation), std::move(paths), std::move(by_path));
    }

    /// The same of one path.
    template <class T>
    boost::asio::awaitable<result<T>> one(std::string operation, std::string path,
                                          std::function<result<T>(const std::string&)> ask) {
        std::vector<std::string> paths;
        paths.push_back(std::move(path));
        auto answers = co_await each<T>(std::move(operation), std::move(paths), std::move(ask));
        co_return std::move(answers.front());
    }

  private:
    /// What one caller asks. Guarded by the threads' mutex but for ask().
    struct job {
        job(std::string o, std::vector<std::string> p) : operation(std::move(o)), paths(std::move(p)) {}
        virtual ~job() = default;
        /// Blocks; returns what keeps the answer.
        virtual std::function<void()> ask(std::size_t i) = 0;
        virtual void refuse(std::size_t i, failure why) = 0;

        const std::string operation;
        const std::vector<std::string> paths;
        std::size_t next = 0;
        unsigned turn = 0;  ///< of the thread that serves it: one that hung finds another
        bool asking = false;
        std::chrono::steady_clock::time_point since;  ///< it asks, or waits for a thread
        std::function<void()> done;
    };

    template <class T>
    struct questions final : job {
        questions(std::string o, std::vector<std::string> p, question<T> f)
            : job(std::move(o), std::move(p)), put(std::move(f)), answers(paths.size()) {}
        std::function<void()> ask(std::size_t i) override {
            return [this, i, answer = std::make_shared<result<T>>(put(i, paths[i]))] {
                answers[i] = std::move(*answer);
            };
        }
        void refuse(std::size_t i, failure why) override { answers[i] = std::move(why); }

        const question<T> put;
        std::vector<std::optional<result<T>>> answers;
    };

    struct shared;

    boost::asio::awaitable<void> run(std::shared_ptr<job> asked);

    boost::asio::any_io_executor loop_;
    std::shared_ptr<shared> shared_;
};

}  // namespace suprsync

// Runs child processes from the loop: standard streams, limits, signals to the whole process group, reaping
// without surprises. The defects of Boost.Process v2 1.81 that docs/architecture.md lists are
// cured in this room: here, in running_child.cpp and in spawn.cpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

class guardian;
class open_descriptor;

struct exited {
    int code = 0;
    bool operator==(const exited&) const = default;
};
struct signaled {
    int signal = 0;
    bool operator==(const signaled&) const = default;
};
using exit_status = std::variant<exited, signaled>;

/// Why we ended a child ourselves.
enum class ended_by { itself, time_limit, stall, stop };

struct child_request {
    std::vector<std::string> arguments;    ///< argv; [0] is looked up in PATH
    std::vector<std::string> environment;  ///< "NAME=value", added to ours
    std::string input;                     ///< written to its standard input
    bool keep_input_open = false;          ///< keep standard input open after `input` until it ends: its end
                                           ///< of file tells the far side that we are gone
    std::optional<std::chrono::nanoseconds> limit;  ///< from start to end
    std::optional<std::chrono::nanoseconds> stall;  ///< without a call to `progressed` (below) for so long
    std::size_t output_limit =
        64 << 20;  ///< bytes kept of each of stdout and stderr; the rest is read and dropped
    /// Called on the loop with what arrives; where set, stdout is not kept. Returning true counts as
    /// progress.
    std::function<bool(std::string_view)> on_output;
    /// Its standard input and output, where set, in place of pipes of ours: one end of a socket pair of which
    /// the caller has the other. Closed here as soon as it is started, so that its end is seen by the caller.
    std::shared_ptr<open_descriptor> channel = {};
    /// Called when it has been started, with what ends it as stop() does; that may be called at any time on
    /// the loop.
    std::function<void(std::function<void()>)> started = {};
    /// Kept until no process of its group is left: what the child reaches by our number and descriptors
    /// (/proc/PID/fd/N) must not become another file under it.
    std::shared_ptr<const void> held = {};
};

struct child_result {
    exit_status status;
    ended_by cause = ended_by::itself;
    std::optional<std::string> waited_for =
        {};  ///< where it stalled: the file that it waited to read from, if any
    bool prestarted = false;
    std::string output;
    std::string error;

    bool succeeded() const { return cause == ended_by::itself && status == exit_status{exited{0}}; }
    /// "exit 23", "signal 9", "time limit": for logs and counters.
    std::string describe() const;
};

struct running_child;

/// A child that was started before its work is known, and waits for its input. Ended with this handle, unless
/// child_runner::run() took it over.
class prestarted_child {
  public:
    prestarted_child() = default;
    prestarted_child(prestarted_child&&) noexcept = default;
    prestarted_child& operator=(prestarted_child&& other) noexcept;
    ~prestarted_child();

    /// It was started, and neither has it ended nor is its life over.
    bool waits() const;

  private:
    friend class child_runner;
    void release();
    std::shared_ptr<running_child> child_;
};

/// Starts children and waits for them. Belongs to the loop thread; not thread safe. The process must ignore
/// SIGPIPE: a child may stop reading its input.
class child_runner {
    struct state;

  public:
    /// `watch` (may be null) is told each process group, so that none outlives us.
    child_runner(boost::asio::any_io_executor executor, guardian* watch,
                 std::chrono::nanoseconds term_grace = std::chrono::seconds(2));
    ~child_runner();
    child_runner(const child_runner&) = delete;
    child_runner& operator=(const child_runner&) = delete;

    /// Runs one child to its end, in a process group of its own. Where `on_output` is not set any byte on
    /// stdout is progress; bytes of `input` that the child accepts are progress, too. On a limit: SIGTERM to
    /// the group, after term_grace SIGKILL; the group is swept again before the child is reaped. Failures:
    /// missing_program (no such executable), io (pipes, fork), stopped.
    ///
    /// `prestarted` is taken over where it waits, was started with the same arguments and environment, and
    /// was given what `input` begins with; limits count from now. Otherwise it is ended.
    boost::asio::awaitable<result<child_result>> run(child_request request, prestarted_child prestarted = {});

    /// Starts a child whose work is not known yet, to be given to run() within `life`; it is ended after
    /// that. Its `input` has to fit into a pipe (some KiB). Failures: as run.
    result<prestarted_child> prestart(child_request request, std::chrono::nanoseconds life);

    /// Ends all children as above; later calls of run return `stopped`.
    void stop();

    /// Children running now.
    std::size_t running() const;

  private:
    static boost::asio::awaitable<child_result> attend(std::shared_ptr<state> self,
                                                       std::shared_ptr<running_child> c);
    static boost::asio::awaitable<void> idle(std::shared_ptr<state> self, std::shared_ptr<running_child> c,
                                             std::chrono::nanoseconds life);
    static boost::asio::awaitable<void> wake_at_end(std::shared_ptr<running_child> c);
    std::shared_ptr<state> state_;
};

}  // namespace suprsync

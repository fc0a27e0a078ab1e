// Boost.Process v2 1.81 is not used: its async_wait on a pidfd completes spuriously when many children run
// and then blocks the loop in waitpid, its launcher forks with Asio's handlers, and it leaks descriptors into
// children. What is here instead: net/process/spawn.hpp, a descriptor of pidfd_open for each child, and
// waitid(WNOHANG | WNOWAIT) after every readiness.
#include "net/process/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <exception>
#include <set>

#include "engine/loop/task_group.hpp"
#include "net/process/guardian.hpp"
#include "net/process/spawn.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;
constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t chunk = 64 << 10;
// After the leader's end: what is left of its group ends in this time, and a process that left the group and
// holds our pipes is waited for no longer.
constexpr auto drain_limit = std::chrono::seconds(1);

}  // namespace

/// One child from its start to its reaping. Its coroutines end before it is reaped.
struct running_child {
    running_child(const asio::any_io_executor& executor, child_request r, std::chrono::nanoseconds g)
        : request(std::move(r)),
          grace(g),
          pidfd(executor),
          input(executor),
          output(executor),
          error(executor),
          wake(executor) {}
    ~running_child() { abandon(); }
    running_child(const running_child&) = delete;
    running_child& operator=(const running_child&) = delete;

    child_request request;
    const std::chrono::nanoseconds grace;  ///< between SIGTERM and SIGKILL
    child_result outcome;
    pid_t pid = -1;
    bool reaped = true;    ///< or never started
    bool over = false;     ///< the leader has ended
    bool waiting = false;  ///< prestarted, for somebody who takes it over
    std::size_t fed = 0;   ///< bytes of the input that it was given when it was started
    asio::posix::stream_descriptor pidfd;
    asio::posix::stream_descriptor input, output, error;
    asio::steady_timer wake;  ///< of watch_time
    steady::time_point started = steady::now();
    steady::time_point progressed = started;
    steady::time_point kill_at = steady::time_point::max();  ///< SIGTERM was sent: SIGKILL follows
    steady::time_point drain_until = steady::time_point::max();

    result<void> start(guardian* watch);

    /// To the whole group. Its number is ours until the leader is reaped.
    void signal(int number) const {
        if (!reaped) ::kill(-pid, number);
    }
    void end(ended_by cause) {
        if (reaped || over || outcome.cause != ended_by::itself) return;
        outcome.cause = cause;
        signal(SIGTERM);
        kill_at = steady::now() + grace;
        wake.cancel();
    }
    /// The kernel's word: has the leader ended?
    bool has_ended(siginfo_t& info) {
        info = {};
        ::waitid(P_PIDFD, static_cast<id_t>(pidfd.native_handle()), &info, WEXITED | WNOHANG | WNOWAIT);
        return info.si_pid != 0;
    }
    /// What is there of its input, without waiting; false where that was not all.
    bool feed_at_once() {
        boost::system::error_code ignored;
        input.native_non_blocking(true, ignored);
        const auto written = ::write(input.native_handle(), request.input.data(), request.input.size());
        fed = written > 0 ? static_cast<std::size_t>(written) : 0;
        return fed == request.input.size();
    }
    bool fits(const child_request& wanted) const {
        return wanted.arguments == request.arguments && wanted.environment == request.environment &&
               wanted.input.starts_with(request.input);
    }
    /// The loop goes away under it: nobody will see its end.
    void abandon() {
        if (reaped) return;
        signal(SIGKILL);
        pollfd ended = {pidfd.native_handle(), POLLIN, 0};
        ::poll(&ended, 1, 1000);
        reap();
    }
    void reap() {
        siginfo_t info = {};
        ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG);
        reaped = true;
    }

    asio::awaitable<void> feed();
    asio::awaitable<void> read_output();
    asio::awaitable<void> read_error();
    asio::awaitable<void> watch_time();
    asio::awaitable<void> wait_for_leader();
};

result<void> running_child::start(guardian* watch) {
    auto in = make_pipe(true);
    if (!in) return in.error();
    auto out = make_pipe(false);
    if (!out) return out.error();
    auto err = make_pipe(false);
    if (!err) return err.error();
    spawn_request wanted;
    wanted.arguments = request.arguments;
    wanted.environment = request.environment;
    if (watch) wanted.environment.push_back(std::string(guardian::mark_variable) + "=" + watch->mark());
    wanted.input = in->theirs.get();
    wanted.output = out->theirs.get();
    wanted.error = err->theirs.get();
    auto spawned = spawn(wanted);
    if (!spawned) return spawned.error();
    pid = *spawned;
    reaped = false;
    if (watch) watch->watch(pid);
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) {
        const std::string why = std::strerror(errno);
        signal(SIGKILL);
        siginfo_t info = {};
        if (watch) watch->forget(pid);
        ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED);
        reaped = true;
        return failure{failure_code::io, "watch", request.arguments.front(), why};
    }
    pidfd.assign(handle);
    input.assign(in->ours.release());
    output.assign(out->ours.release());
    error.assign(err->ours.release());
    return {};
}

asio::awaitable<void> running_child::feed() {
    auto rest = std::string_view(request.input).substr(fed);
    while (!rest.empty()) {
        const auto [failed, written] = co_await input.async_write_some(asio::buffer(rest), as_value);
        if (failed) co_return;  // it reads no more, or has ended
        rest.remove_prefix(written);
        progressed = steady::now();
    }
    boost::system::error_code ignored;
    if (!request.hold_input_open) input.close(ignored);
}

asio::awaitable<void> running_child::read_output() {
    std::vector<char> buffer(chunk);
    while (true) {
        const auto [failed, got] = co_await output.async_read_some(asio::buffer(buffer), as_value);
        if (failed) co_return;
        const std::string_view arrived(buffer.data(), got);
        if (!request.on_output)
            outcome.output.append(arrived.substr(0, request.output_limit - outcome.output.size()));
        if (!request.on_output || request.on_output(arrived)) progressed = steady::now();
    }
}

asio::awaitable<void> running_child::read_error() {
    std::vector<char> buffer(chunk);
    while (true) {
        const auto [failed, got] = co_await error.async_read_some(asio::buffer(buffer), as_value);
        if (failed) co_return;
        outcome.error.append(buffer.data(), std::min(got, request.output_limit - outcome.error.size()));
    }
}

// Progress moves no timer: when the time that was waited for has come, it is looked at again.
asio::awaitable<void> running_child::watch_time() {
    constexpr auto never = steady::time_point::max();
    while (!reaped) {
        const auto now = steady::now();
        auto next = never;
        if (over) {
            next = drain_until;
            if (now >= next) {
                boost::system::error_code ignored;
                output.close(ignored);
                error.close(ignored);
                co_return;
            }
        } else if (outcome.cause != ended_by::itself) {
            next = kill_at;
            if (now >= next) {
                signal(SIGKILL);
                next = kill_at = never;
            }
        } else {
            const auto limit = request.limit ? started + *request.limit : never;
            const auto stall = request.stall ? progressed + *request.stall : never;
            next = std::min(limit, stall);
            if (now >= next) {
                end(limit <= stall ? ended_by::time_limit : ended_by::stall);
                continue;
            }
        }
        wake.expires_at(next);
        co_await wake.async_wait(as_value);
    }
}

// A pidfd's readiness is told spuriously, too: only the kernel's word counts that it has ended.
asio::awaitable<void> running_child::wait_for_leader() {
    while (true) {
        siginfo_t info = {};
        if (has_ended(info)) {
            if (info.si_code == CLD_EXITED)
                outcome.status = exited{info.si_status};
            else
                outcome.status = signaled{info.si_status};
            co_return;
        }
        co_await pidfd.async_wait(asio::posix::stream_descriptor::wait_read, as_value);
    }
}

std::string child_result::describe() const {
    switch (cause) {
        case ended_by::time_limit:
            return "time limit";
        case ended_by::stall:
            return "stall";
        case ended_by::stop:
            return "stop";
        case ended_by::itself:
            break;
    }
    if (const auto* signal = std::get_if<signaled>(&status))
        return "signal " + std::to_string(signal->signal);
    return "exit " + std::to_string(std::get<exited>(status).code);
}

struct child_runner::state {
    asio::any_io_executor executor;
    guardian* watch = nullptr;
    std::chrono::nanoseconds term_grace{};
    bool stopped = false;
    std::set<std::shared_ptr<running_child>> children;
};

child_runner::child_runner(asio::any_io_executor executor, guardian* watch,
                           std::chrono::nanoseconds term_grace)
    : state_(std::make_shared<state>()) {
    state_->executor = std::move(executor);
    state_->watch = watch;
    state_->term_grace = term_grace;
}

child_runner::~child_runner() {
    state_->stopped = true;
    // A guardian may go right after us.
    state_->watch = nullptr;
    for (const auto& c : state_->children) c->abandon();
}

asio::awaitable<result<child_result>> child_runner::run(child_request request, prestarted_child prestarted) {
    const auto self = state_;
    // Half a child is nobody's: stop() is the way to end it.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (self->stopped)
        co_return failure{failure_code::stopped, "start", request.arguments.front(),
                          "the daemon is shutting down"};
    if (prestarted.waits() && prestarted.child_->fits(request)) {
        const auto c = std::move(prestarted.child_);
        c->waiting = false;
        c->outcome.prestarted = true;
        c->request = std::move(request);
        c->started = c->progressed = steady::now();
        c->wake.cancel();
        co_return co_await attend(self, c);
    }
    prestarted.release();
    const auto c = std::make_shared<running_child>(self->executor, std::move(request), self->term_grace);
    if (auto started = c->start(self->watch); !started) co_return started.error();
    self->children.insert(c);
    co_return co_await attend(self, c);
}

asio::awaitable<child_result> child_runner::attend(std::shared_ptr<state> self,
                                                   std::shared_ptr<running_child> c) {
    task_group writing(self->executor), reading(self->executor), watching(self->executor);
    writing.spawn(c->feed());
    reading.spawn(c->read_output());
    reading.spawn(c->read_error());
    watching.spawn(c->watch_time());
    co_await c->wait_for_leader();

    // What is left of the group (rsync's ssh, a receiver that has a temporary file to remove) is asked to
    // end, and made to.
    c->over = true;
    c->drain_until = steady::now() + drain_limit;
    c->signal(SIGTERM);
    c->wake.cancel();
    boost::system::error_code ignored;
    c->input.close(ignored);
    co_await writing.join();
    co_await reading.join();
    c->signal(SIGKILL);
    // While the leader is not reaped its number cannot be another group's.
    if (self->watch) self->watch->forget(c->pid);
    c->reap();
    c->wake.cancel();
    co_await watching.join();
    self->children.erase(c);
    co_return c->outcome;
}

result<prestarted_child> child_runner::prestart(child_request request, std::chrono::nanoseconds life) {
    if (state_->stopped)
        return failure{failure_code::stopped, "start", request.arguments.front(),
                       "the daemon is shutting down"};
    prestarted_child handle;
    handle.child_ = std::make_shared<running_child>(state_->executor, std::move(request), state_->term_grace);
    auto& c = *handle.child_;
    if (auto started = c.start(state_->watch); !started) return started.error();
    state_->children.insert(handle.child_);
    c.waiting = c.feed_at_once();
    asio::co_spawn(state_->executor, idle(state_, handle.child_, life), [](const std::exception_ptr& thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    return handle;
}

asio::awaitable<void> child_runner::idle(std::shared_ptr<state> self, std::shared_ptr<running_child> c,
                                         std::chrono::nanoseconds life) {
    if (c->waiting && c->outcome.cause == ended_by::itself) {
        c->wake.expires_after(life);
        co_await c->wake.async_wait(as_value);
    }
    if (c->outcome.prestarted) co_return;
    c->waiting = false;
    c->end(ended_by::stop);
    co_await attend(self, c);
}

bool prestarted_child::waits() const {
    siginfo_t info = {};
    return child_ && child_->waiting && child_->outcome.cause == ended_by::itself && !child_->has_ended(info);
}

void prestarted_child::release() {
    if (!child_) return;
    child_->waiting = false;
    child_->wake.cancel();
    child_.reset();
}

prestarted_child& prestarted_child::operator=(prestarted_child&& other) noexcept {
    if (this == &other) return *this;
    release();
    child_ = std::move(other.child_);
    return *this;
}

prestarted_child::~prestarted_child() { release(); }

void child_runner::stop() {
    state_->stopped = true;
    const auto running = state_->children;
    for (const auto& c : running) c->end(ended_by::stop);
}

std::size_t child_runner::running() const { return state_->children.size(); }

}  // namespace suprsync

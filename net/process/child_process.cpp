// Boost.Process v2 1.81 is not used: its async_wait on a pidfd completes spuriously when many children run
// and then blocks the loop in waitpid, its launcher forks with Asio's handlers, and it leaks descriptors into
// children. What is here instead: net/process/spawn.hpp, a descriptor of pidfd_open for each child, and
// waitid(WNOHANG | WNOWAIT) after every readiness.
#include "net/process/child_process.hpp"

#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <csignal>
#include <exception>
#include <list>
#include <set>

#include "engine/loop/as_value.hpp"
#include "engine/loop/task_group.hpp"
#include "net/process/guardian.hpp"
#include "net/process/running_child.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// After the leader's end: what is left of its group ends in this time, and a process that left the group and
// holds our pipes is waited for no longer.
constexpr auto drain_limit = std::chrono::seconds(1);

}  // namespace

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

    struct ended_group {
        pid_t group = -1;
        std::shared_ptr<const void> held;
    };
    std::list<ended_group> ended;  // of which a process may still be left

    /// A process that was killed may need a moment, and one in the middle of a disk's work much longer.
    void let_go() {
        ended.remove_if([](const ended_group& e) { return ::kill(-e.group, 0) != 0 && errno == ESRCH; });
    }
};

child_runner::child_runner(asio::any_io_executor executor, guardian* watch,
                           std::chrono::nanoseconds term_grace)
    : state_(std::make_shared<state>()) {
    // Whoever started us may have ignored it: the kernel would reap our children, and nobody saw them end.
    std::signal(SIGCHLD, SIG_DFL);
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
    // A cancelled coroutine would leave a child that nobody waits for; stop() ends it instead.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (self->stopped)
        co_return failure{failure_code::stopped, "start", request.arguments.front(),
                          "the daemon is shutting down"};
    if (prestarted.waits() && prestarted.child_->fits(request)) {
        const auto c = std::move(prestarted.child_);
        c->waiting = false;
        c->outcome.prestarted = true;
        c->request = std::move(request);
        c->started = c->progressed = std::chrono::steady_clock::now();
        c->wake.cancel();
        co_return co_await attend(self, c);
    }
    prestarted.release();
    const auto c = std::make_shared<running_child>(self->executor, std::move(request), self->term_grace);
    if (auto started = c->start(self->watch); !started) co_return started.error();
    self->children.insert(c);
    if (c->request.started)
        c->request.started([weak = std::weak_ptr(c)] {
            if (const auto child = weak.lock()) child->end(ended_by::stop);
        });
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
    c->drain_until = std::chrono::steady_clock::now() + drain_limit;
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
    if (c->request.held) self->ended.push_back({c->pid, std::move(c->request.held)});
    self->let_go();
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
    // One that ends while it waits is reaped then, and not when somebody asks for it.
    c->wake.expires_after(life);
    task_group watching(self->executor);
    watching.spawn(wake_at_end(c));
    if (c->waiting && c->outcome.cause == ended_by::itself) co_await c->wake.async_wait(as_value);
    if (!c->outcome.prestarted) {
        c->waiting = false;
        c->end(ended_by::stop);
        co_await attend(self, c);
    }
    co_await watching.join();
}

asio::awaitable<void> child_runner::wake_at_end(std::shared_ptr<running_child> c) {
    co_await c->wait_for_leader();
    c->wake.expires_at(std::chrono::steady_clock::now());
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

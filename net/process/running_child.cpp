#include "net/process/running_child.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/system/errc.hpp>
#include <csignal>
#include <cstring>
#include <utility>

#include "engine/loop/as_value.hpp"
#include "net/process/guardian.hpp"
#include "net/process/spawn.hpp"
#include "net/process/waits_in_read.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;
constexpr std::size_t chunk = 64 << 10;
constexpr std::size_t most_left_in_pipe = 1 << 20;  // a pipe's greatest size without privileges

}  // namespace

void running_child::end(ended_by cause) {
    if (reaped || over || outcome.cause != ended_by::itself) return;
    outcome.cause = cause;
    if (cause == ended_by::stall) outcome.waited_for = file_waited_for(pid);
    signal(SIGTERM);
    kill_at = steady::now() + grace;
    wake.cancel();
}

bool running_child::has_ended(siginfo_t& info) {
    info = {};
    ::waitid(P_PIDFD, static_cast<id_t>(pidfd.native_handle()), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid != 0;
}

bool running_child::feed_at_once() {
    boost::system::error_code ignored;
    input.native_non_blocking(true, ignored);
    const auto written = ::write(input.native_handle(), request.input.data(), request.input.size());
    fed = written > 0 ? static_cast<std::size_t>(written) : 0;
    return fed == request.input.size();
}

bool running_child::fits(const child_request& wanted) const {
    return wanted.arguments == request.arguments && wanted.environment == request.environment &&
           wanted.input.starts_with(request.input);
}

void running_child::abandon() {
    if (reaped) return;
    signal(SIGKILL);
    pollfd ended = {pidfd.native_handle(), POLLIN, 0};
    ::poll(&ended, 1, 1000);
    reap();
}

void running_child::reap() {
    if (reaped) return;
    siginfo_t info = {};
    ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG);
    reaped = true;
}

result<void> running_child::start(guardian* watch) {
    const auto channel = std::exchange(request.channel, nullptr);
    auto in = channel ? result<descriptor_pair>(descriptor_pair{}) : make_pipe(true);
    if (!in) return in.error();
    auto out = channel ? result<descriptor_pair>(descriptor_pair{}) : make_pipe(false);
    if (!out) return out.error();
    auto err = make_pipe(false);
    if (!err) return err.error();
    spawn_request wanted;
    wanted.arguments = request.arguments;
    wanted.environment = request.environment;
    if (watch) wanted.environment.push_back(std::string(guardian::mark_variable) + "=" + watch->mark());
    wanted.input = channel ? channel->number() : in->theirs.number();
    wanted.output = channel ? channel->number() : out->theirs.number();
    wanted.error = err->theirs.number();
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
    if (!channel) {
        input.assign(in->ours.release());
        output.assign(out->ours.release());
    }
    error.assign(err->ours.release());
    return {};
}

asio::awaitable<void> running_child::feed() {
    if (!input.is_open()) co_return;  // it has a channel of its starter's
    auto rest = std::string_view(request.input).substr(fed);
    while (!rest.empty()) {
        const auto [failed, written] = co_await input.async_write_some(asio::buffer(rest), as_value);
        if (failed) {
            // One that reads no more, or has ended, is told by its end. Any other would wait for the rest.
            if (failed != boost::system::errc::broken_pipe) signal(SIGTERM);
            co_return;
        }
        rest.remove_prefix(written);
        progressed = steady::now();
    }
    boost::system::error_code ignored;
    if (!request.keep_input_open) input.close(ignored);
}

void running_child::take_output(std::string_view arrived) {
    if (!request.on_output)
        outcome.output.append(arrived.substr(0, request.output_limit - outcome.output.size()));
    if (!request.on_output || request.on_output(arrived)) progressed = steady::now();
}

void running_child::take_error(std::string_view arrived) {
    outcome.error.append(arrived.substr(0, request.output_limit - outcome.error.size()));
}

asio::awaitable<void> running_child::read(asio::posix::stream_descriptor& pipe, taker take) {
    std::vector<char> buffer(chunk);
    while (true) {
        const auto [failed, got] = co_await pipe.async_read_some(asio::buffer(buffer), as_value);
        if (failed) co_return;
        (this->*take)({buffer.data(), got});
    }
}

asio::awaitable<void> running_child::read_output() { return read(output, &running_child::take_output); }

asio::awaitable<void> running_child::read_error() { return read(error, &running_child::take_error); }

// What the child itself wrote is in the pipes, however late a busy loop comes to it. A process that it left
// behind may write on for ever.
void running_child::close_outputs() {
    std::vector<char> buffer(most_left_in_pipe);
    boost::system::error_code ignored;
    for (auto [pipe, take] :
         {std::pair(&output, &running_child::take_output), std::pair(&error, &running_child::take_error)}) {
        if (!pipe->is_open()) continue;
        pipe->native_non_blocking(true, ignored);
        const auto got = ::read(pipe->native_handle(), buffer.data(), buffer.size());
        if (got > 0) (this->*take)({buffer.data(), static_cast<std::size_t>(got)});
        pipe->close(ignored);
    }
}

// Progress moves no timer: when the time that was waited for has come, it is checked again.
asio::awaitable<void> running_child::watch_time() {
    constexpr auto never = steady::time_point::max();
    while (!reaped) {
        const auto now = steady::now();
        auto next = never;
        if (over) {
            next = drain_until;
            if (now >= next) {
                close_outputs();
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

// A pidfd's readiness is told spuriously, too: only the kernel's word counts that it has ended. A child that
// was abandoned is not asked about: its pidfd stays ready for ever.
asio::awaitable<void> running_child::wait_for_leader() {
    while (!reaped) {
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

}  // namespace suprsync

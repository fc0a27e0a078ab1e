// One child from its start to its reaping: what child_runner keeps of it. Its coroutines end before it is
// reaped.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>

#include "net/process/child_process.hpp"

namespace suprsync {

struct running_child {
    using time_point = std::chrono::steady_clock::time_point;

    running_child(const boost::asio::any_io_executor& executor, child_request r, std::chrono::nanoseconds g)
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
    boost::asio::posix::stream_descriptor pidfd;
    boost::asio::posix::stream_descriptor input, output, error;
    boost::asio::steady_timer wake;  ///< of watch_time
    time_point started = std::chrono::steady_clock::now();
    time_point progressed = started;
    time_point kill_at = time_point::max();  ///< SIGTERM was sent: SIGKILL follows
    time_point drain_until = time_point::max();

    /// Starts the process, and tells the guardian (may be null) of its group. Failures: missing_program, io.
    result<void> start(guardian* watch);

    /// To the whole group. Its number is ours until the leader is reaped.
    void signal(int number) const {
        if (!reaped) ::kill(-pid, number);
    }
    /// SIGTERM to the group, and SIGKILL after the grace; nothing where it ends already.
    void end(ended_by cause);
    /// The kernel's word: has the leader ended?
    bool has_ended(siginfo_t& info);
    /// What is there of its input, without waiting; false where that was not all.
    bool feed_at_once();
    /// Whether it is what would be started for `wanted`: the same program and environment, and given so far
    /// what the input begins with.
    bool fits(const child_request& wanted) const;
    /// The loop goes away under it: nobody will see its end.
    void abandon();
    void reap();

    boost::asio::awaitable<void> feed();
    using taker = void (running_child::*)(std::string_view arrived);
    boost::asio::awaitable<void> read(boost::asio::posix::stream_descriptor& pipe, taker take);
    void take_output(std::string_view arrived);
    void take_error(std::string_view arrived);
    boost::asio::awaitable<void> read_output();
    boost::asio::awaitable<void> read_error();
    void close_outputs();
    boost::asio::awaitable<void> watch_time();
    boost::asio::awaitable<void> wait_for_leader();
};

}  // namespace suprsync

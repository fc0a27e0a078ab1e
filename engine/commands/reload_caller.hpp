// One daemon that was asked for the answer to a reload: known for certain before it is signalled, so that
// SIGHUP, which ends most programs, never reaches another process (spec, Reload).
#pragma once

#include <chrono>
#include <string>

#include "engine/commands/reload_answer.hpp"

namespace suprsync {

class reload_caller {
  public:
    /// Asks at this socket, and holds the process that answers by a descriptor: that one is signalled or
    /// none. Failures: connection (nobody answers in time), not_permitted, invalid (it is not whom it says it
    /// is).
    static result<reload_caller> ask(const std::string& socket, std::chrono::seconds limit);

    reload_caller(reload_caller&& other) noexcept;
    reload_caller& operator=(reload_caller&&) = delete;
    ~reload_caller();

    /// Who answered; its file is escaped as shown_name() does.
    const reload_greeting& daemon() const { return daemon_; }

    /// Sends SIGHUP. Failures: not_found (it has ended), not_permitted.
    result<void> hang_up() const;

    /// The answer to a reload that began after ask(). Failures: timed_out, connection (it ended before).
    result<reload_answer> wait(std::chrono::seconds limit);

  private:
    reload_caller(std::string socket, int connection) : socket_(std::move(socket)), connection_(connection) {}
    result<void> meet(std::chrono::seconds limit);
    result<std::string> line(std::chrono::seconds limit) const;
    failure fault(failure_code code, const std::string& detail) const;

    std::string socket_;
    int connection_ = -1;
    int process_ = -1;  // of pidfd_open
    reload_greeting daemon_;
};

}  // namespace suprsync

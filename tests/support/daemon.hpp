// The program under test as a process: started with options, its output in a file whose lines can be awaited,
// signalled, waited for, and killed at the end of the test whatever happened.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/waiting.hpp"

namespace suprsync::test {

/// How a process ended.
struct process_exit {
    bool by_signal = false;
    int value = 0;  ///< exit status or signal number

    bool operator==(const process_exit&) const = default;
    std::string text() const { return (by_signal ? "signal " : "status ") + std::to_string(value); }
};

inline std::ostream& operator<<(std::ostream& out, const process_exit& e) { return out << e.text(); }
inline constexpr process_exit exited_with(int status) { return {false, status}; }

class daemon_process {
  public:
    /// Starts `command` (program and arguments), stdout and stderr appended to `log`, stdin /dev/null, in a
    /// process group of its own; `environment` is added to ours. Throws where it cannot be started.
    daemon_process(const std::vector<std::string>& command,
                   const std::map<std::string, std::string>& environment, std::filesystem::path log);
    ~daemon_process();
    daemon_process(const daemon_process&) = delete;
    daemon_process& operator=(const daemon_process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;

    /// How it ended, where it has; does not wait.
    std::optional<process_exit> ended();
    /// Waits for its end; throws with the end of the log where it does not come.
    process_exit wait(std::chrono::milliseconds limit = generous);

    /// Everything it has written so far, earlier runs into the same file included.
    std::string log() const;
    /// Waits until the log holds `text`, and returns the first such line. Throws where the program ends first
    /// or the limit passes.
    std::string await_line(const std::string& text, std::chrono::milliseconds limit = generous);
    /// Lines with `text` so far.
    std::size_t lines_with(const std::string& text) const;

  private:
    pid_t pid_ = -1;
    std::filesystem::path log_;
    std::optional<process_exit> exit_;
};

}  // namespace suprsync::test

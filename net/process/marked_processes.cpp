#include "net/process/marked_processes.hpp"

#include <poll.h>
#include <signal.h>

#include <chrono>

#include "engine/loop/other_processes.hpp"
#include "net/process/guardian.hpp"

namespace suprsync {

namespace {

using steady = std::chrono::steady_clock;
constexpr auto from_term_to_kill = std::chrono::seconds(1);
constexpr int poll_interval_ms = 20;

// `assignment` begins a variable of the environment, and is all of it where it is `whole`.
bool has_variable(const std::string& environment, const std::string& assignment, bool whole) {
    for (auto at = environment.find(assignment); at != std::string::npos;
         at = environment.find(assignment, at + 1)) {
        const auto after = at + assignment.size();
        const bool begins = at == 0 || environment[at - 1] == '\0';
        const bool ends = after == environment.size() || environment[after] == '\0';
        if (begins && (ends || !whole)) return true;
    }
    return false;
}

// The environment of another user's process cannot be read.
std::vector<pid_t> marked_about(const std::string& directory) {
    const auto assignment = std::string(guardian::mark_variable) + "=";
    std::vector<pid_t> found;
    for (const auto& process : other_processes())
        if (read_file_of(process, "cmdline").find(directory + "/") != std::string::npos &&
            has_variable(read_file_of(process, "environ"), assignment, false))
            found.push_back(process.id);
    return found;
}

}  // namespace

std::vector<pid_t> marked_processes(const std::string& mark) {
    const auto assignment = std::string(guardian::mark_variable) + "=" + mark;
    std::vector<pid_t> found;
    for (const auto& process : other_processes())
        if (has_variable(read_file_of(process, "environ"), assignment, true)) found.push_back(process.id);
    return found;
}

std::size_t end_marked_processes_of(const std::string& directory) {
    const auto kill_at = steady::now() + from_term_to_kill;
    auto left = marked_about(directory);
    const auto found = left.size();
    for (const auto pid : left) ::kill(pid, SIGTERM);
    while (!left.empty() && steady::now() < kill_at) {
        ::poll(nullptr, 0, poll_interval_ms);
        left = marked_about(directory);
    }
    for (const auto pid : left) ::kill(pid, SIGKILL);
    return found;
}

}  // namespace suprsync

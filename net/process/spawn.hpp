// Starts a process with posix_spawn: a process group of its own, default signals, no descriptor but the three
// that it is given. Nothing of ours runs in the child before it is the other program (Boost.Process v2 1.81
// forks and runs Asio's fork handlers there, which can stop on a mutex that another thread holds).
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

struct descriptor_pair {
    open_descriptor ours;
    open_descriptor theirs;
};

/// A pipe, close-on-exec. `to_child`: theirs is the end that is read.
/// Failure: io.
result<descriptor_pair> make_pipe(bool to_child);

struct spawn_request {
    std::vector<std::string> arguments;    ///< argv; [0] is looked up in PATH where it has no slash
    std::vector<std::string> environment;  ///< "NAME=value": added to ours, or in place of it
    int input = -1, output = -1, error = -1;
    std::vector<int> blocked_signals;  ///< stay blocked in the child, from its first instruction on
};

/// The three descriptors must lie above the standard streams, which therefore have to be open in this
/// process. Returns the pid, which is the number of the process group as well. Failures: missing_program (no
/// such executable, or not executable), io.
result<pid_t> spawn(const spawn_request& request);

}  // namespace suprsync

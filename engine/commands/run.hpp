// `suprsync run`: the daemon.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// Runs until SIGTERM or SIGINT, or with --once until everything is settled that can be. `arguments`
/// are the words after `run`. Returns the exit status (exit_code.hpp).
int run_daemon(const std::vector<std::string>& arguments);

/// What `suprsync run --help` shows.
std::string run_help();

}  // namespace suprsync

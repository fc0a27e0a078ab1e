// Processes that a daemon of ours started, told by the mark in their environment (guardian::mark_variable),
// whether that daemon still lives or not.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace suprsync {

/// Those of the daemon with this mark, without ourselves.
std::vector<pid_t> marked_processes(const std::string& mark);

/// Ends the processes of any daemon that have a path below `directory` in their command line: SIGTERM, and
/// SIGKILL to what is left after a second. Returns how many there were.
std::size_t end_marked_processes_of(const std::string& directory);

}  // namespace suprsync

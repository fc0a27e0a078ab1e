// What a process that does not get on waits for, as far as /proc tells.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace suprsync {

/// Path of the file that a process of the group `group` waits to read from, right now; nothing where none of
/// them waits for a file that has a path (a socket and a pipe have none), or where the kernel does not say
/// (proc(5), /proc/pid/syscall: only to those who may trace the process).
std::optional<std::string> file_waited_for(pid_t group);

}  // namespace suprsync

// What every room asks this machine in the same way: its name, the names of its accounts and groups, its free
// memory, and the time.
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

/// As gethostname(2) tells it; empty where it does not.
std::string host_name();

/// Names of an account and a group; "#" and the number where there is none.
std::string name_of_account(unsigned id);
std::string name_of_group(unsigned id);

/// Seconds that this machine's time zone is ahead of UTC at that time.
double utc_offset(epoch_seconds at);

/// Bytes of memory that programs may have before others have to give up theirs; the most that there is where
/// the machine does not tell.
std::uint64_t available_memory();

/// Wall-clock time, where none is handed in: for tools, and for what is measured where it happens.
epoch_seconds wall_clock();

}  // namespace suprsync

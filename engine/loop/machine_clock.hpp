// What the kernel of this machine says of its clock and of its start.
#pragma once

#include <string>

#include "engine/model/clock_reading.hpp"

namespace suprsync {

/// Tells this machine, and this run of its kernel, from all others; empty where the kernel does not say.
const std::string& boot_id();

/// Where the kernel does not tell whether the clock is synchronised (adjtimex), it is not.
clock_reading read_machine_clock();

}  // namespace suprsync

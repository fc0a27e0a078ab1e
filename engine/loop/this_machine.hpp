// What every room asks the kernel of this machine in the same way: its name, and the time.
#pragma once

#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

/// As gethostname(2) tells it; empty where it does not.
std::string host_name();

/// Wall-clock time, where none is handed in: for tools, and for what is measured where it happens.
epoch_seconds wall_clock();

}  // namespace suprsync

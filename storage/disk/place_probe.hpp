// Probes a directory of this machine without changing anything.
#pragma once

#include <string>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// Blocks; links are followed.
probed_place probe_place(const std::string& path);

}  // namespace suprsync

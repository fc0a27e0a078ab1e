// Probes a directory of this machine without changing anything.
#pragma once

#include <chrono>
#include <string>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// Blocks, no longer than the limit; links are followed.
probed_place probe_place(const std::string& path,
                         std::chrono::steady_clock::duration limit = std::chrono::seconds(10));

}  // namespace suprsync

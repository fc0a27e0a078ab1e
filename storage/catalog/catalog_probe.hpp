// Probes a catalog without changing anything: it is opened read-only and in a way that makes no file beside
// it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// Blocks, for the time limit at most: the check for damage ends there. A catalog that needs recovery, which
/// would change it, is not probed.
probed_catalog probe_catalog(const std::string& path, const std::vector<std::string>& archives,
                             std::chrono::milliseconds limit);

}  // namespace suprsync

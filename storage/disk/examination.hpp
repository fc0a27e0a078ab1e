// Looks at what lies on this machine without changing anything: directories, and the catalog, which is opened
// read-only and in a way that makes no file beside it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/rules/diagnosis.hpp"

namespace suprsync {

/// Blocks; links are followed.
examined_place examine_place(const std::string& path);

/// Blocks, for the time limit at most: the check for damage ends there. A catalog that needs recovery, which
/// would change it, is not looked into.
examined_catalog examine_catalog(const std::string& path, const std::vector<std::string>& archives,
                                 std::chrono::milliseconds limit);

}  // namespace suprsync

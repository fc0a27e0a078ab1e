// Reads what the Python agent left in a catalog, without changing anything (see catalog_probe.hpp).
#pragma once

#include <string>
#include <vector>

#include "engine/model/settings.hpp"
#include "engine/rules/hand_over.hpp"

namespace suprsync {

/// The rows of every archive in the catalog, sorted by the rules that a daemon of `archives` would go by.
/// Blocks; it reads the whole table twice, and remembers the paths that are to be copied. Who has it open is
/// not looked at.
agent_catalog probe_agent_catalog(const std::string& path,
                                  const std::vector<archive_configuration>& archives);

}  // namespace suprsync

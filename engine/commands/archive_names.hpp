// The archives that people may mean, as the shells complete them (`suprsync help --archives`).
#pragma once

#include <string>
#include <vector>

#include "engine/commands/tool_arguments.hpp"

namespace suprsync {

/// Those of the configuration and of the catalog (tool_configuration.hpp), each once, in the order of their
/// names; what has a line break in it is left out. What cannot be read names none; nothing is thrown.
std::vector<std::string> archive_names(const tool_arguments& arguments);

}  // namespace suprsync

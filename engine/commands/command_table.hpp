// The one table of all subcommands.
#pragma once

#include <vector>

#include "engine/commands/command.hpp"

namespace suprsync {

/// In the order in which they are shown.
const std::vector<command>& command_table();

/// By name; nullptr where there is none.
const command* find_command(const std::string& name);

}  // namespace suprsync

// `suprsync doctor --unit`: the drop-in for the installed unit that a configuration needs.
#pragma once

#include <optional>
#include <string>

#include "engine/commands/run_options.hpp"

namespace suprsync {

/// As whom the service is to run; none: the owner of the ssh key, else of the data, or this account where it
/// is not root.
struct wanted_account {
    std::optional<std::string> user;
    std::optional<std::string> group;
};

/// Prints it on standard output, and on standard error what is to be done beside. Returns the exit status:
/// usage where there is no such account, or where a path cannot be written into a unit.
int print_unit(const run_options& options, const wanted_account& wanted);

}  // namespace suprsync

// `suprsync doctor`: is everything in place for this configuration? Looks, and changes nothing, here or
// there.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// Takes the options of `run`, and --json. One line for each check, on standard output. Exit status: 0
/// nothing is in the way, 1 something is, 2 usage or configuration.
int run_doctor(const std::vector<std::string>& arguments);

/// What `suprsync doctor --help` shows.
std::string doctor_help();

}  // namespace suprsync

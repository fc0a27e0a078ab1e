// What the entries of `notify` name elsewhere: kinds of conditions, and files that hold addresses.
#pragma once

#include <vector>

#include "engine/commands/run_options.hpp"
#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Sets the address of each webhook, which is read from its file unless those are left. Returns the mistakes,
/// each with where it was written.
std::vector<failure> read_notify_entries(daemon_configuration& configuration,
                                         const std::vector<value_origins>& origins, secret_files which);

}  // namespace suprsync

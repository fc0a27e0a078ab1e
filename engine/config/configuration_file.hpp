// Reads the configuration file (spec, Configuration file): YAML whose keys are those of
// configuration_keys.hpp.
#pragma once

#include <string>

#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Fills `file`, `of_file` and `archives`. Failure: the subject is "FILE:LINE: KEY", the detail says what was
/// expected there; what single values must be is judged by `assemble`.
result<void> read_configuration_file(const std::string& file, configuration_layers& into);

}  // namespace suprsync

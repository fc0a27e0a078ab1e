// Reads the configuration file (spec, Configuration file): YAML whose keys are those of
// configuration_keys.hpp.
#pragma once

#include <string>

#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Fills `file`, `of_file`, `archives`, and `mistakes` with every key that is none, or has no value of its
/// shape: the subject is "FILE:LINE: KEY", the detail says what was expected there; what single values must
/// be is judged by `assemble`. Failure: the file as a whole cannot be read, or is no YAML.
result<void> read_configuration_file(const std::string& file, configuration_layers& into);

}  // namespace suprsync

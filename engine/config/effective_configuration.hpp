// The configuration that the daemon would go by, as a configuration file says it, with where each value comes
// from.
#pragma once

#include <string>

#include "engine/config/configuration_layers.hpp"

namespace suprsync {

/// YAML that `--config` takes: each value that is set, with its place or "default" in a comment; what is not
/// set stands in comments of its own. What the table of keys marks as a secret is `<set>`.
std::string show_effective(const assembled_configuration& assembled);

}  // namespace suprsync

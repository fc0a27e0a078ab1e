// How much a YAML text may ask of whoever reads it: a few lines can stand for thousands of millions of nodes,
// or for a node that holds itself (spec, Configuration file).
#pragma once

#include <optional>
#include <string>

namespace suprsync {

struct yaml_mistake {
    int line = 0;  ///< counted from 1
    std::string detail;
};

/// Reads the text once without building anything. None where it is at most one document, within limits of
/// values (aliases resolved) and of levels. Throws YAML::Exception where it is no YAML.
std::optional<yaml_mistake> exceeds_limits(const std::string& text);

}  // namespace suprsync

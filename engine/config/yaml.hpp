// What the readers of YAML files share: loading with the mistakes as values, and places ("file:line") for
// people.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

/// A mapping. (YAML::Node itself can be made of anything, a failure included, and so cannot be a result.)
struct yaml_document {
    YAML::Node root;
};

/// The single document of a file. Failures: not_found, not_permitted, io where it cannot be read; invalid,
/// with file and line, where it is no YAML, holds a key twice, or is empty.
result<yaml_document> load_yaml(const std::string& file);

/// "FILE:LINE", lines counted from 1.
std::string place_of(const std::string& file, const YAML::Node& node);

/// "a mapping", "a list", "nothing" or "'the text'": what stands there, for messages.
std::string what_is(const YAML::Node& node);

}  // namespace suprsync

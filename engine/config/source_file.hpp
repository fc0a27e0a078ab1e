// What a configuration is read from: files read whole, as a token, or as YAML. A mistake is a
// failure that names its place ("file:line"). All of it blocks.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

/// The whole content, of at most 4 MiB; a pipe is waited for 5 s at a time. Failures: not_found,
/// not_permitted, invalid where there is more, io (a directory, too).
result<std::string> read_text_file(const std::string& path);

/// The token that the file holds, without the white space around it. Failure `invalid`, of which the detail
/// names the file: it cannot be read, holds none, or holds what no header of a request could carry.
result<std::string> read_token(const std::string& path);

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

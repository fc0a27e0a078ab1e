// What a configuration is read from: files read as a token, or as YAML. A mistake is a
// failure that names its place ("file:line"). All of it blocks.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/text_file.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Most values of a configuration; one of thousands of archives has fewer.
inline constexpr std::size_t most_values = 100'000;

/// What the files of one configuration may hold together.
struct reading_budget {
    std::size_t bytes = most_text_bytes;
    std::size_t values = most_values;
};

/// The token that the file holds, without the white space around it. Failure `invalid`, of which the detail
/// names the file: it cannot be read, holds none, or holds what no header of a request could carry.
result<std::string> read_token(const std::string& path);

struct yaml_mistake {
    int line = 0;  ///< counted from 1
    std::string detail;
    bool behind_the_document = false;  ///< what comes before is one document within the limits
};

/// How much a YAML text asks of whoever reads it: a few lines can stand for thousands of millions of nodes,
/// or for a node that holds itself (spec, Configuration file). Reads the text once without building anything.
/// None where it is at most one document, of at most so many values (aliases resolved), which are taken off,
/// and within the limit of levels. Throws YAML::Exception where it is no YAML. A second document is a mistake
/// behind the first, which can be read.
std::optional<yaml_mistake> exceeds_limits(const std::string& text, std::size_t& values_left);

/// A mapping. (YAML::Node itself can be made of anything, a failure included, and so cannot be a result.)
struct yaml_document {
    YAML::Node root;
    std::vector<failure>
        mistakes;  ///< with file and line: keys that stand twice or are no text, a second document
};

struct yaml_entry {
    std::string name;
    YAML::Node key;
    YAML::Node value;
};

/// What stands in a mapping, in its order, also what stands twice; without keys that are no text.
std::vector<yaml_entry> entries_of(const YAML::Node& mapping);

/// The single document of a file; what it holds is taken off the budget. Failures: not_found, not_permitted,
/// io where it cannot be read; invalid, with file and line, where it is no YAML, is empty,
/// or exceeds the budget.
result<yaml_document> load_yaml(const std::string& file, reading_budget& left);

/// "FILE:LINE", lines counted from 1.
std::string place_of(const std::string& file, const YAML::Node& node);

/// "a mapping", "a list", "nothing" or "'the text'": what stands there, for messages.
std::string what_is(const YAML::Node& node);

}  // namespace suprsync

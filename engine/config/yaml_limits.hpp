// How much a YAML text may ask of whoever reads it: a few lines can stand for thousands of millions of nodes,
// or for a node that holds itself (spec, Configuration file).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace suprsync {

struct yaml_mistake {
    int line = 0;  ///< counted from 1
    std::string detail;
    bool behind_the_document = false;  ///< what comes before is one document within the limits
};

/// Most values of a configuration; one of thousands of archives has fewer.
inline constexpr std::size_t most_values = 100'000;

/// Reads the text once without building anything. None where it is at most one document, of at most so many
/// values (aliases resolved), which are taken off, and within the limit of levels. Throws YAML::Exception
/// where it is no YAML. A second document is a mistake behind the first, which can be read.
std::optional<yaml_mistake> exceeds_limits(const std::string& text, std::size_t& values_left);

}  // namespace suprsync

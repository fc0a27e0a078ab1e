// Files of one batch whose remote paths exclude each other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ports/transport.hpp"

namespace suprsync {

/// Of a file "a" beside "a/b", the first of them has the name: what is said of the others, per item.
std::vector<std::optional<std::string>> contradictions(const std::vector<stage_item>& items);

}  // namespace suprsync

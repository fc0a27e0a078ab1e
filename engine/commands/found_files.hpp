// Rows that a person means by one word: an id, a local path, or a path at the destination.
#pragma once

#include <string>
#include <vector>

#include "engine/commands/tool_catalog.hpp"

namespace suprsync {

/// A number is an id, where a row has it; what is none, or has no row, is a local path, by all of its
/// registrations; where none is there, a whole path at the destination, of any archive. By id. Throws
/// failure_error (`operation` is what was to be done) where nothing is found.
std::vector<file_view> find_files(tool_catalog& catalog, const std::string& operand,
                                  const std::string& operation);

}  // namespace suprsync

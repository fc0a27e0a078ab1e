// Files that are meant by what they have in common: an archive, a state, the beginning of their remote path.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/commands/tool_catalog.hpp"

namespace suprsync {

struct file_selection {
    std::optional<std::string> archive;
    std::optional<std::string> state;  ///< as file_query::state
    std::optional<std::string> remote_prefix;
};

/// Calls it with each, in the order of ids, page after page. Throws failure_error.
void for_each_file(tool_catalog& catalog, const file_selection& wanted,
                   const std::function<void(const file_view&)>& take);

}  // namespace suprsync

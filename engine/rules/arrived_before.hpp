// A file that is registered again after it was deleted for its copy (spec, Claims and versions).
#pragma once

#include <optional>
#include <string>

#include "engine/model/outcomes.hpp"

namespace suprsync {

/// What is recorded for a file that is gone here, where the content it was registered with has arrived: an
/// earlier registration of it was verified with that (`delivered_md5`, see claim::supersedes_md5), and the
/// file deleted for it before this one came. Its copy is read anew before anything rests on it.
std::optional<file_outcome> arrived_before(const file_row& row,
                                           const std::optional<std::string>& delivered_md5,
                                           epoch_seconds now);

}  // namespace suprsync

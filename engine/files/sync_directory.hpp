// Names that were made in a directory survive a power loss only when the directory itself is written.
#pragma once

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

/// fsync of a directory. One in which we may make names, but which we may not read, cannot be synced by us,
/// and some file systems sync none: that is no failure. Failures as file_failure.
result<void> sync_directory(const std::string& directory);

}  // namespace suprsync

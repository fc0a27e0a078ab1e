// Which files `include` means (spec, Configuration file).
#pragma once

#include <string>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// The files that a pattern in a configuration file names, relative to that file's directory, in the order of
/// their names. Wildcards (* ? [...]) stand in the name of the file, not in its directory, and match no name
/// that begins with a dot. Where there are wildcards there may be no such file; else the one file is named,
/// whether it is there or not. Failures: the detail says what is wrong with the pattern, or why the directory
/// cannot be read.
result<std::vector<std::string>> included_files(const std::string& file, const std::string& pattern);

}  // namespace suprsync

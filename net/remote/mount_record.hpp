// Where a directory lies in its file system, from the line of /proc/self/mountinfo by which it is reached:
// the same for every bind mount and symbolic link that leads to it.
#pragma once

#include <optional>
#include <string_view>

#include "engine/model/destination.hpp"

namespace suprsync {

/// `line`: what base_directory.sh tells as `M`; `real_path`: of the directory there, without symbolic links.
/// None where the machine is not known, or the line is not that of a mount which the path lies below.
std::optional<directory_place> read_place(std::string_view line, std::string_view machine,
                                          std::string_view real_path);

}  // namespace suprsync

// Whether a file system is full, or nearly so: by its bytes or by its inodes, of which every file takes one.
#pragma once

#include <string>

#include "engine/model/disk_space.hpp"

namespace suprsync {

enum class space_level { enough, nearly_full, full };

/// Of what is free in bytes and in inodes, the worse one; less than 3 % of either is nearly full. What the
/// file system does not count is enough.
space_level level_of(const disk_space& space);

/// What there is too little of: "10.0 GB free (1.0 %)", "200 inodes free (0.1 %)", or both between commas;
/// empty where the level is `enough`.
std::string scarce_in(const disk_space& space);

/// A number of bytes as "1.5 GB".
std::string gigabytes(std::uint64_t bytes);

}  // namespace suprsync

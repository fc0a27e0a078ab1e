// Small files written whole or not at all.
#pragma once

#include <string>

#include "engine/model/failure.hpp"
#include "engine/model/file.hpp"

namespace suprsync {

/// As local_disk::write_whole: a temporary file beside the path whose name begins with a dot, fsync, rename,
/// fsync of the directory; directories are made as needed. A file that is there is replaced. Nothing is left
/// of what failed but directories that were made and are on the disk; where the last fsync fails, a file
/// that was there is the new one. Failures as file_failure.
result<file_identity> write_whole_file(const std::string& path, const std::string& text);

/// As local_disk::discard: the file goes, and its temporary one, as far as they are there.
result<void> discard_whole_file(const std::string& path);

}  // namespace suprsync

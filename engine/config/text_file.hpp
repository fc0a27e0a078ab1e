// Small files that configurations name: read whole, with the system's word where that fails.
#pragma once

#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

/// The whole content. Blocks. Failures: not_found, not_permitted, io (a directory, too).
result<std::string> read_text_file(const std::string& path);

}  // namespace suprsync

// In which order rsync sends the files of a batch: it says how many it has sent, and this tells which ones.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace suprsync {

/// The places of these remote paths in the order in which rsync goes through them, whatever order its list
/// has: by bytes, and of what one directory holds, files before what lies deeper.
std::vector<std::size_t> sending_order(const std::vector<std::string_view>& remote_paths);

}  // namespace suprsync

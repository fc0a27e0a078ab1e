// Writes all of it, however little the kernel takes at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace suprsync {

/// Writes `bytes` at `offset` of an open file; 0, or the error that write met (errno).
int write_all(int file, std::string_view bytes, std::uint64_t offset);

}  // namespace suprsync

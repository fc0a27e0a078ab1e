// A file that is read whole, within limits: of its size, and of the time that a pipe is waited for.
#pragma once

#include <cstddef>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

inline constexpr std::size_t most_text_bytes = 4 << 20;

/// The whole content, of at most so many bytes; a pipe is waited for 5 s at a time. Failures: not_found,
/// not_permitted, invalid where there is more, io (a directory, too).
result<std::string> read_text_file(const std::string& path, std::size_t most = most_text_bytes);

}  // namespace suprsync

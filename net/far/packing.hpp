// Content of files, made smaller on its way (--compression): a message in one frame, packed by zstd by
// itself. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace suprsync::far {

/// None where the message would not become smaller, or is longer than a frame may be.
std::optional<std::string> pack(std::string_view message);

/// None where it is nothing that pack() makes, with the reason in `why`: it is damaged or cut short, or the
/// length that it says of itself is missing, wrong, or more than a frame holds; no memory is taken before
/// that is known.
std::optional<std::string> unpack(std::string_view packed, std::string& why);

}  // namespace suprsync::far

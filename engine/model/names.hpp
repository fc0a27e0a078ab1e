// Names of archives and instances: they become parts of paths, labels of metrics and words of the log, so
// that what they may hold is judged. How long texts are cut, so that the rest is still UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace suprsync {

/// NAME_MAX of Linux file systems.
inline constexpr std::size_t longest_name = 255;

/// What is wrong with a name, for a message that has said whose it is: expected is 1 to 255 bytes of
/// printable UTF-8 (is_printable) without '/', not beginning with a dot. None where nothing is.
std::optional<std::string> why_no_name(const std::string& name);

/// The first bytes of a text, at most so many, that hold whole characters of it.
std::string_view beginning_of(std::string_view text, std::size_t most);

/// A name for `whole`: the text where it has at most so many bytes; else its beginning, `%` and 16
/// hexadecimal digits that follow from the whole.
std::string shortened(std::string_view text, std::size_t most, std::string_view whole);

}  // namespace suprsync

#include "engine/model/names.hpp"

#include <fmt/format.h>

#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr std::size_t longest_in_message = 80;
constexpr std::size_t key_length = 17;  // "%" and 16 digits

}  // namespace

std::optional<std::string> why_no_name(const std::string& name) {
    if (name.empty()) return "it is required and must not be empty";
    if (name.size() > longest_name)
        return fmt::format("'{}...' is {} bytes long: it becomes part of paths, expected at most {}",
                           beginning_of(name, longest_in_message), name.size(), longest_name);
    if (name.find('/') != std::string::npos || name.find('\0') != std::string::npos)
        return fmt::format("'{}' becomes part of paths and cannot hold '/' or NUL", name);
    if (name.starts_with('.'))
        return fmt::format("'{}' becomes part of paths and cannot begin with a dot", name);
    if (!is_utf8(name)) return fmt::format("'{}' is not valid UTF-8: expected a name in UTF-8", name);
    if (!is_printable(name))
        return fmt::format(
            "'{}' holds control characters or others that cannot be seen: expected visible characters and spaces",
            name);
    return std::nullopt;
}

std::string_view beginning_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    const auto within = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
    };
    while (most > 0 && within(most)) --most;
    return text.substr(0, most);
}

std::string shortened(std::string_view text, std::size_t most, std::string_view whole) {
    if (text.size() <= most) return std::string(text);
    return fmt::format("{}%{:016x}", beginning_of(text, most - key_length), text_key(whole));
}

}  // namespace suprsync

// Small questions about texts that every room asks in the same way: is it an MD5 sum, is it UTF-8, which
// number is it, which file does a path name; and how numbers are written with their nouns.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace suprsync {

/// "1 file", "2 files".
template <class Number>
std::string counted(Number n, std::string_view noun) {
    return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

/// The number with which a text begins, which is taken off it; where it begins with none, none, and the text
/// is as it was. `base` is that of an integer.
template <class Number>
std::optional<Number> take_number(std::string_view& text, int base = 10) {
    Number number{};
    const auto* end = text.data() + text.size();
    std::from_chars_result read{};
    if constexpr (std::is_floating_point_v<Number>)
        read = std::from_chars(text.data(), end, number);
    else
        read = std::from_chars(text.data(), end, number, base);
    if (read.ec != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return number;
}

/// The number that the whole text is; none where it is no such number, not finite, or not from `least` to
/// `most`.
template <class Number>
std::optional<Number> read_number(std::string_view text, Number least = std::numeric_limits<Number>::lowest(),
                                  Number most = std::numeric_limits<Number>::max()) {
    const auto number = take_number<Number>(text);
    if (!number || !text.empty()) return std::nullopt;
    // from_chars reads "inf" and "nan", too.
    if constexpr (std::is_floating_point_v<Number>)
        if (!std::isfinite(*number)) return std::nullopt;
    if (*number < least || *number > most) return std::nullopt;
    return number;
}

/// ASCII letters in lower case, whatever the locale; other bytes as they are.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower(std::string_view text);

/// 32 hexadecimal digits in lower case, as md5sum prints them.
bool is_md5(std::string_view text);

/// Strict UTF-8: no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// Length (1 to 4 bytes) of the well-formed UTF-8 sequence that the text begins with; 0 where it begins with
/// none, the empty text included (Unicode 15, table 3-7).
std::size_t utf8_sequence(std::string_view text);

/// The directory that a path lies in: "/a" for "/a/b", "/" for "/b", "." for "b".
std::string directory_of(const std::string& path);

/// The last component of a path: "b" for "/a/b" and for "b", "" for "/a/". It lives as long as the path.
std::string_view name_of(std::string_view path);

/// FNV-1a, 64 bits.
inline constexpr std::uint64_t fnv_start = 14695981039346656037ULL;
inline constexpr std::uint64_t fnv_prime = 1099511628211ULL;
std::uint64_t fnv1a(std::string_view text);

/// 63 bits of FNV-1a: a positive key for a text in a database or a file name.
std::int64_t text_key(std::string_view text);

}  // namespace suprsync

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

/// The number with which a record goes on, and the space behind it, are taken off it; none where that is not
/// what it goes on with.
template <class Number>
std::optional<Number> take_field(std::string_view& record, int base = 10) {
    const auto number = take_number<Number>(record, base);
    if (!number || !record.starts_with(' ')) return std::nullopt;
    record.remove_prefix(1);
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
inline std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered) c = lower(c);
    return lowered;
}

/// 32 hexadecimal digits in lower case, as md5sum prints them.
inline bool is_md5(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Length (1 to 4 bytes) of the well-formed UTF-8 sequence that the text begins with; 0 where it begins with
/// none, the empty text included (Unicode 15, table 3-7).
inline std::size_t utf8_sequence(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned char low, unsigned char high) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1, 0x80, 0xbf) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const unsigned char least = first == 0xe0 ? 0xa0 : 0x80;
        const unsigned char most = first == 0xed ? 0x9f : 0xbf;
        return follows(1, least, most) && follows(2, 0x80, 0xbf) ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const unsigned char least = first == 0xf0 ? 0x90 : 0x80;
        const unsigned char most = first == 0xf4 ? 0x8f : 0xbf;
        return follows(1, least, most) && follows(2, 0x80, 0xbf) && follows(3, 0x80, 0xbf) ? 4 : 0;
    }
    return 0;
}

/// Strict UTF-8: no overlong forms, no surrogates.
inline bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// The directory that a path lies in: "/a" for "/a/b", "/" for "/b", "." for "b".
inline std::string directory_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// The last component of a path: "b" for "/a/b" and for "b", "" for "/a/". It lives as long as the path.
inline std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// What stands before the first newline, or the whole text. It lives as long as the text.
inline std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// FNV-1a, 64 bits.
inline constexpr std::uint64_t fnv_start = 14695981039346656037ULL;
inline constexpr std::uint64_t fnv_prime = 1099511628211ULL;
inline std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = fnv_start;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
    return hash;
}

/// 63 bits of FNV-1a: a positive key for a text in a database or a file name.
inline std::int64_t text_key(std::string_view text) { return static_cast<std::int64_t>(fnv1a(text) >> 1); }

}  // namespace suprsync

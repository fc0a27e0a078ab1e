#include "engine/model/shown_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

constexpr const char* replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t key_length = 17;               // "%" and 16 digits

struct range {
    std::uint32_t first;
    std::uint32_t last;
};

// Characters above ASCII that a person cannot see, or that turn what stands around them. The joiners U+200C
// and U+200D are none of them: Persian, Hindi and families of emoji are written with them.
constexpr range unseen[] = {
    {0x80, 0x9f},     {0x61c, 0x61c},   {0x180e, 0x180e},   {0x200b, 0x200b},
    {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},   {0xfdd0, 0xfdef},
    {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff},
};

bool is_seen(std::uint32_t point) {
    if (point < 0x80) return point >= 0x20 && point != 0x7f;
    if ((point & 0xfffe) == 0xfffe) return false;  // no characters, in each plane
    return std::none_of(std::begin(unseen), std::end(unseen),
                        [&](const range& r) { return point >= r.first && point <= r.last; });
}

std::uint32_t point_of(std::string_view sequence) {
    const auto first = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return first;
    std::uint32_t point = first & (0x7fU >> sequence.size());
    for (const char c : sequence.substr(1)) point = point << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return point;
}

// Gives each character of a text to `one`: its bytes, and its code point; none where it is a byte that is no
// UTF-8.
template <class One>
void each_character(std::string_view text, One one) {
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        const auto bytes = text.substr(0, std::max<std::size_t>(length, 1));
        one(bytes, length == 0 ? std::nullopt : std::optional(point_of(bytes)));
        text.remove_prefix(bytes.size());
    }
}

struct terminal_form {
    bool newlines_stay = false;
    bool backslashes_stay = true;
};

std::string for_terminal(std::string_view text, terminal_form form) {
    std::string shown;
    shown.reserve(text.size());
    each_character(text, [&](std::string_view bytes, std::optional<std::uint32_t> point) {
        if (!point)
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
        else if (*point == '\\')
            shown += form.backslashes_stay ? "\\" : "\\\\";
        else if (*point == '\n')
            shown += form.newlines_stay ? "\n" : "\\n";
        else if (*point == '\t')
            shown += "\\t";
        else if (is_seen(*point))
            shown += bytes;
        else if (*point < 0x80)
            shown += fmt::format("\\x{:02x}", *point);
        else
            shown += *point > 0xffff ? fmt::format("\\U{:08x}", *point) : fmt::format("\\u{:04x}", *point);
    });
    return shown;
}

// A string between double quotes, in what JSON and YAML have in common; `above_16_bits` escapes what has no
// \uXXXX of its own.
template <class Above>
std::string quoted(std::string_view text, Above above_16_bits) {
    std::string shown = "\"";
    shown.reserve(text.size() + 2);
    each_character(text, [&](std::string_view bytes, std::optional<std::uint32_t> point) {
        if (!point)
            shown += replacement;
        else if (*point == '"' || *point == '\\')
            shown.append(1, '\\').append(bytes);
        else if (*point == '\n')
            shown += "\\n";
        else if (*point == '\t')
            shown += "\\t";
        else if (is_seen(*point))
            shown += bytes;
        else
            shown += *point > 0xffff ? above_16_bits(*point) : fmt::format("\\u{:04x}", *point);
    });
    return shown + '"';
}

}  // namespace

bool is_printable(std::string_view text) {
    bool printable = true;
    each_character(text, [&](std::string_view, std::optional<std::uint32_t> point) {
        printable = printable && point && is_seen(*point);
    });
    return printable;
}

std::string shown_name(std::string_view text) { return for_terminal(text, {.backslashes_stay = false}); }
std::string shown_line(std::string_view text) { return for_terminal(text, {}); }
std::string shown_lines(std::string_view text) { return for_terminal(text, {.newlines_stay = true}); }

std::string json_text(std::string_view text) {
    return quoted(text, [](std::uint32_t point) {
        const auto above = point - 0x10000;
        return fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (above >> 10U), 0xdc00 + (above & 0x3ffU));
    });
}

std::string yaml_text(std::string_view text) {
    return quoted(text, [](std::uint32_t point) { return fmt::format("\\U{:08x}", point); });
}

std::string_view beginning_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    const auto within = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
    };
    while (most > 0 && within(most)) --most;
    return text.substr(0, most);
}

std::string abridged(std::string_view text, std::size_t most) {
    return fmt::format("{}{}", beginning_of(text, most), text.size() > most ? "..." : "");
}

std::string expected_not(std::string_view expected, std::string_view got) {
    return fmt::format("expected {}, got '{}'", expected, abridged(got));
}

std::string shortened(std::string_view text, std::size_t most, std::string_view whole) {
    if (text.size() <= most) return std::string(text);
    return fmt::format("{}%{:016x}", beginning_of(text, most - key_length), text_key(whole));
}

}  // namespace suprsync

#include "net/remote/shell_text.hpp"

#include <algorithm>
#include <array>

#include "engine/model/text.hpp"

namespace suprsync {

namespace {

std::string octal(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return {static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)),
            static_cast<char>('0' + (byte & 7))};
}

/// Reads the escape after a backslash at `i` within $'...'; leaves `i` behind it.
char escape_at(std::string_view word, std::size_t& i) {
    static constexpr std::string_view letters = "abfnrtv";
    static constexpr std::array<char, 7> bytes = {'\a', '\b', '\f', '\n', '\r', '\t', '\v'};
    auto rest = word.substr(i);
    if (const auto byte = take_octal_byte(rest, 1)) {
        i = word.size() - rest.size();
        return *byte;
    }
    const auto known = letters.find(word[i]);
    const char c = known == std::string_view::npos ? word[i] : bytes[known];
    ++i;
    return c;
}

}  // namespace

std::optional<char> take_octal_byte(std::string_view& text, std::size_t least_digits) {
    auto digits = text.substr(0, 3);
    const auto value = take_number<unsigned>(digits, 8);
    const auto length = std::min<std::size_t>(text.size(), 3) - digits.size();
    if (!value || length < least_digits) return std::nullopt;
    text.remove_prefix(length);
    return static_cast<char>(static_cast<unsigned char>(*value & 0xff));
}

std::string assignment(std::string_view name, std::string_view value) {
    return std::string(name) + "=" + shell_quoted(value) + "\n";
}

std::string percent_b_encoded(std::string_view text) {
    std::string encoded;
    for (char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '/' || c == '.' || c == '_' || c == '-';
        if (plain)
            encoded += c;
        else
            encoded += "\\0" + octal(c);
    }
    return encoded;
}

std::string rsh_quoted(std::string_view text) { return in_single_quotes(text, "''"); }

std::string coreutils_unquoted(std::string_view word) {
    std::string plain;
    std::size_t i = 0;
    while (i < word.size()) {
        if (word[i] == '\'' || word[i] == '"') {
            const char quote = word[i++];
            while (i < word.size() && word[i] != quote) plain += word[i++];
            ++i;
        } else if (word.substr(i, 2) == "$'") {
            i += 2;
            while (i < word.size() && word[i] != '\'') {
                if (word[i] == '\\' && i + 1 < word.size())
                    plain += escape_at(word, ++i);
                else
                    plain += word[i++];
            }
            ++i;
        } else if (word[i] == '\\' && i + 1 < word.size()) {
            plain += word[i + 1];
            i += 2;
        } else {
            plain += word[i++];
        }
    }
    return plain;
}

std::string rsync_unescaped(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        auto escaped = text.substr(std::min<std::size_t>(text.size(), 2));
        const auto byte = text.starts_with("\\#") ? take_octal_byte(escaped) : std::nullopt;
        plain += byte.value_or(text.front());
        text = byte ? escaped : text.substr(1);
    }
    return plain;
}

}  // namespace suprsync

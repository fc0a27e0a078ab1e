#include "net/remote/shell_text.hpp"

#include <array>

namespace suprsync {

namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

std::string in_single_quotes(std::string_view text, std::string_view for_a_quote) {
    std::string quoted = "'";
    for (char c : text) {
        if (c == '\'')
            quoted += for_a_quote;
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string octal(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return {static_cast<char>('0' + (byte >> 6)), static_cast<char>('0' + ((byte >> 3) & 7)),
            static_cast<char>('0' + (byte & 7))};
}

char from_octal(std::string_view digits) {
    int value = 0;
    for (char c : digits) value = value * 8 + (c - '0');
    return static_cast<char>(static_cast<unsigned char>(value & 0xff));
}

/// Reads the escape after a backslash at `i` within $'...'; leaves `i` behind it.
char escape_at(std::string_view word, std::size_t& i) {
    static constexpr std::string_view letters = "abfnrtv";
    static constexpr std::array<char, 7> bytes = {'\a', '\b', '\f', '\n', '\r', '\t', '\v'};
    if (is_octal(word[i])) {
        std::size_t end = i;
        while (end < word.size() && end < i + 3 && is_octal(word[end])) ++end;
        const char c = from_octal(word.substr(i, end - i));
        i = end;
        return c;
    }
    const auto known = letters.find(word[i]);
    const char c = known == std::string_view::npos ? word[i] : bytes[known];
    ++i;
    return c;
}

}  // namespace

std::string shell_quoted(std::string_view text) { return in_single_quotes(text, "'\\''"); }

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
    for (std::size_t i = 0; i < text.size();) {
        const bool escape = text.substr(i, 2) == "\\#" && i + 4 < text.size() && is_octal(text[i + 2]) &&
                            is_octal(text[i + 3]) && is_octal(text[i + 4]);
        if (escape) {
            plain += from_octal(text.substr(i + 2, 3));
            i += 5;
        } else {
            plain += text[i++];
        }
    }
    return plain;
}

}  // namespace suprsync

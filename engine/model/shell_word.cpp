#include "engine/model/shell_word.hpp"

#include <algorithm>

namespace suprsync {

std::string in_single_quotes(std::string_view text, std::string_view for_a_quote) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'')
            quoted += for_a_quote;
        else
            quoted += c;
    }
    return quoted + "'";
}

std::string shell_quoted(std::string_view text) { return in_single_quotes(text, "'\\''"); }

std::string command_word(std::string_view text) {
    constexpr std::string_view plain_marks = "_-./:@%+=,";
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               plain_marks.find(c) != std::string_view::npos;
    });
    return plain ? std::string(text) : shell_quoted(text);
}

}  // namespace suprsync

// Options that a command has beside those of `run`, whose reader would not know them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace suprsync {

/// Takes the words `option` away; whether there were any.
inline bool take_flag(std::vector<std::string>& words, const std::string& option) {
    return std::erase(words, option) > 0;
}

/// Takes `option VALUE` or `option=VALUE` away: the value of the last one; none where it is not given, ''
/// where nothing follows it.
inline std::optional<std::string> take_value(std::vector<std::string>& words, const std::string& option) {
    std::optional<std::string> value;
    for (auto word = words.begin(); word != words.end();) {
        const bool apart = *word == option;
        if (!apart && !word->starts_with(option + "=")) {
            ++word;
            continue;
        }
        value = apart ? "" : word->substr(option.size() + 1);
        word = words.erase(word);
        if (!apart || word == words.end()) continue;
        value = std::move(*word);
        word = words.erase(word);
    }
    return value;
}

}  // namespace suprsync

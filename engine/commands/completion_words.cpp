#include "engine/commands/completion_words.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <sstream>

#include "engine/commands/command_table.hpp"
#include "engine/commands/option_descriptions.hpp"
#include "engine/config/configuration_keys.hpp"

namespace suprsync {

namespace {

std::vector<std::string> words_of(const std::string& option) {
    if (const auto* key = find_archive_key(option); key && !key->words.empty()) return key->words;
    if (const auto* key = find_daemon_key(option)) return key->words;
    return {};
}

completed_value value_of(const std::string& name, const std::string& option, std::vector<std::string> words) {
    static const std::map<std::string, completes> by_name{
        {"FILE", completes::files},      {"PATH", completes::files},       {"LOCAL", completes::files},
        {"DIR", completes::directories}, {"ROOT", completes::directories}, {"ARCHIVE", completes::archives}};
    completed_value value{name, completes::nothing, std::move(words)};
    if (const auto place = by_name.find(name); place != by_name.end()) value.by = place->second;
    // Not on this machine.
    for (const char* elsewhere : {"remote-basedir", "remote-staging-dir", "remote-prefix", "address-root"})
        if (option == elsewhere) value.by = completes::nothing;
    if (option == "archive-name") value.by = completes::archives;
    if (name == "COMMAND")
        for (const auto& c : command_table()) value.words.push_back(c.name);
    if (!value.words.empty()) value.by = completes::words;
    return value;
}

// The first sentence of it; the help has all.
std::string in_a_line(const std::string& text) {
    auto line = text.substr(0, std::min(text.find('\n'), text.find("; ")));
    return line;
}

void add_own_options(const command& c, std::vector<completed_option>& into) {
    for (const auto& option : c.options)
        into.push_back(
            {option.name, value_of(option.value, option.name, option.words), in_a_line(option.text)});
}

void add_options_of_run(std::vector<completed_option>& into) {
    for (const auto& option : described_options())
        into.push_back({option.name, value_of(option.value, option.name, words_of(option.name)),
                        in_a_line(option.text)});
}

// "LOCAL REMOTE ARCHIVE [--md5 SUM]": the words in capitals that it begins with.
void add_operands(const command& c, completed_command& into) {
    std::istringstream words(c.synopsis);
    for (std::string word; words >> word;) {
        const bool repeats = word.ends_with("...");
        word = word.substr(0, word.find('|'));  // the first of several forms
        std::erase_if(word, [](char letter) { return letter == '[' || letter == ']' || letter == '.'; });
        if (!std::all_of(word.begin(), word.end(),
                         [](char letter) { return letter >= 'A' && letter <= 'Z'; }))
            break;
        into.operands.push_back(value_of(word, "", {}));
        into.repeats = repeats;
    }
}

}  // namespace

std::vector<completed_command> completed_commands() {
    std::vector<completed_command> all;
    for (const auto& c : command_table()) {
        completed_command one{c.name, c.summary, {}, {}, false};
        add_own_options(c, one.options);
        if (c.own_help) {
            add_options_of_run(one.options);
        } else {
            one.options.push_back({"help", {}, "this text"});
            add_operands(c, one);
        }
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace suprsync

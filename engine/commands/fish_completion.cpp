#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/commands/completion_words.hpp"
#include "engine/commands/completions.hpp"

namespace suprsync {

namespace {

std::string fish_quoted(const std::string& text) {
    std::string safe = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe + "'";
}

// Arguments of `complete` that say what is offered.
std::string fish_offer(const completed_value& value) {
    switch (value.by) {
        case completes::words:
            return fmt::format(" -a '{}'", fmt::join(value.words, " "));
        case completes::archives:
            return " -a '(__suprsync_archives)'";
        case completes::directories:
            return " -a '(__fish_complete_directories)'";
        case completes::files:
            return " -F";
        case completes::nothing:
            break;
    }
    return "";
}

std::string fish_option(const std::string& command, const completed_option& option) {
    auto line = fmt::format("complete -c suprsync -n '__suprsync_is {}' -l {}", command, option.name);
    if (!option.value.name.empty())
        line += (option.value.by == completes::files ? " -r" : " -x") + fish_offer(option.value);
    if (!option.text.empty()) line += " -d " + fish_quoted(option.text);
    return line + "\n";
}

constexpr const char* fish_functions =
    R"(# Which operand of the command comes: 1, 2, ...; whether it is one for this command.
function __suprsync_operand
    set -l operand 0
    set -l value no
    for word in (commandline -opc)[2..]
        if test $value = yes
            set value no
        else if contains -- $word $__suprsync_takes_value
            set value yes
        else if not string match -q -- '-*' $word
            set operand (math $operand + 1)
        end
    end
    echo $operand
end
function __suprsync_is
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test $words[2] = $argv[1]
    or return 1
    test (count $argv) -eq 1; or contains -- (__suprsync_operand) $argv[2..]
end
# From the configuration and the catalog; none where they cannot be read.
function __suprsync_archives
    set -l told
    set -l words (commandline -opc)
    for i in (seq (count $words))
        switch $words[$i]
            case --db --config
                test (count $words) -gt $i; and set -a told $words[$i] $words[(math $i + 1)]
            case '--db=*' '--config=*'
                set -a told $words[$i]
        end
    end
    command suprsync help --archives $told 2>/dev/null
end
)";

// So many operands may follow the last one that is named.
constexpr std::size_t most_repeated = 50;

}  // namespace

std::string fish_completion() {
    std::string lines;
    std::set<std::string> takes_value;
    for (const auto& c : completed_commands()) {
        lines += fmt::format("complete -c suprsync -n __fish_use_subcommand -a {} -d {}\n", c.name,
                             fish_quoted(c.text));
        for (const auto& option : c.options) {
            lines += fish_option(c.name, option);
            if (!option.value.name.empty()) takes_value.insert("--" + option.name);
        }
        for (std::size_t i = 0; i < c.operands.size(); ++i) {
            const auto offer = fish_offer(c.operands[i]);
            if (offer.empty()) continue;
            const bool repeated = c.repeats && i + 1 == c.operands.size();
            auto which = std::to_string(i + 1);
            for (auto more = i + 2; repeated && more <= most_repeated; ++more)
                which += fmt::format(" {}", more);
            lines += fmt::format("complete -c suprsync -n '__suprsync_is {} {}'{}\n", c.name, which, offer);
        }
    }
    return fmt::format(
        "# Completion of suprsync(1) for fish. Made by: suprsync help --fish-completion\nset -g __suprsync_takes_value {}\n{}\ncomplete -c suprsync -f\ncomplete -c suprsync -n __fish_use_subcommand -l help -d 'the help'\ncomplete -c suprsync -n __fish_use_subcommand -l version -d 'the version'\n{}",
        fmt::join(takes_value, " "), fish_functions, lines);
}

}  // namespace suprsync

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/commands/completion_words.hpp"
#include "engine/commands/completions.hpp"

namespace suprsync {

namespace {

// Within single quotes, and between the brackets and colons of a specification for _arguments.
std::string zsh_text(const std::string& text) {
    std::string safe;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
        safe += c == '\'' ? "'\\''" : std::string(1, c);
    }
    return safe;
}

std::string zsh_action(const completed_value& value) {
    switch (value.by) {
        case completes::words:
            return fmt::format("({})", fmt::join(value.words, " "));
        case completes::archives:
            return "_suprsync_archives";
        case completes::directories:
            return "_files -/";
        case completes::files:
            return "_files";
        case completes::nothing:
            break;
    }
    return " ";
}

std::string zsh_option(const completed_option& option) {
    auto spec = fmt::format("--{}", option.name);
    const bool has_value = !option.value.name.empty();
    if (has_value) spec += "=";
    if (!option.text.empty()) spec += fmt::format("[{}]", zsh_text(option.text));
    if (has_value) spec += fmt::format(":{}:{}", zsh_text(option.value.name), zsh_action(option.value));
    // An option may be given again.
    return fmt::format("                '*{}' \\\n", spec);
}

}  // namespace

std::string zsh_completion() {
    std::string names, cases;
    for (const auto& c : completed_commands()) {
        names += fmt::format("        '{}:{}'\n", c.name, zsh_text(c.text));
        std::string specs;
        for (const auto& option : c.options) specs += zsh_option(option);
        for (std::size_t i = 0; i < c.operands.size(); ++i) {
            const bool repeated = c.repeats && i + 1 == c.operands.size();
            specs += fmt::format("                '{}:{}:{}' \\\n", repeated ? "*" : std::to_string(i + 1),
                                 c.operands[i].name, zsh_action(c.operands[i]));
        }
        cases += fmt::format("        {})\n            _arguments \\\n{}                && return 0 ;;\n",
                             c.name, specs);
    }
    return fmt::format(
        R"zsh(#compdef suprsync
# Completion of suprsync(1) for zsh. Made by: suprsync help --zsh-completion

_suprsync_archives() {{
    local -a told names
    [[ -z ${{opt_args[--db]}} ]] || told+=(--db ${{opt_args[--db]/#\~\//$HOME/}})
    [[ -z ${{opt_args[--config]}} ]] || told+=(--config ${{opt_args[--config]/#\~\//$HOME/}})
    names=(${{(f)"$(command suprsync help --archives $told 2>/dev/null)"}})
    compadd -a names
}}

_suprsync() {{
    local curcontext=$curcontext state line
    local -a commands
    typeset -A opt_args
    commands=(
{0}    )
    _arguments -C '(- *)--help[the help]' '(- *)--version[the version]' '1:COMMAND:->command' '*::argument:->argument' \
        && return 0
    if [[ $state = command ]]; then
        _describe -t commands command commands
        return
    fi
    case $words[1] in
{1}    esac
    return 1
}}

_suprsync "$@"
)zsh",
        names, cases);
}

}  // namespace suprsync

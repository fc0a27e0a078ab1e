#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "engine/commands/completion_words.hpp"
#include "engine/commands/completions.hpp"

namespace suprsync {

namespace {

// What is to be done for a value: statements of the script below.
std::string bash_action(const completed_value& value) {
    switch (value.by) {
        case completes::words:
            return fmt::format("_suprsync_words {}", fmt::join(value.words, " "));
        case completes::archives:
            return "_suprsync_archives";
        case completes::directories:
            return "_suprsync_files -d";
        case completes::files:
            return "_suprsync_files -f";
        case completes::nothing:
            break;
    }
    return ":";
}

constexpr const char* bash_functions = R"(# The words that follow and begin so.
_suprsync_words() {
    mapfile -t COMPREPLY < <(compgen -W "$*" -- "$word")
}
_suprsync_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$word")
}
# Names may hold anything: none of them is expanded, and within quotes none is offered that would be.
_suprsync_archives() {
    local name typed=${word//\\/} never=""
    case $word in
        \"*) typed=${word:1} never='["$`\\!]' ;;
        \'*) typed=${word:1} never="[']" ;;
    esac
    while IFS= read -r name; do
        [ "${name:0:${#typed}}" = "$typed" ] || continue
        if [ -z "$never" ]; then
            printf -v name %q "$name"
        elif [[ $name = *$never* ]]; then
            continue
        fi
        COMPREPLY+=("$name")
    done < <("${COMP_WORDS[0]}" help --archives "${told[@]}" 2>/dev/null)
})";

}  // namespace

std::string bash_completion() {
    std::string names, cases, values;
    std::map<std::string, std::string> actions;  // by option: a name means the same in every command
    for (const auto& c : completed_commands()) {
        names += (names.empty() ? "" : " ") + c.name;
        std::vector<std::string> options;
        for (const auto& option : c.options) {
            options.push_back("--" + option.name);
            if (!option.value.name.empty()) actions.emplace(option.name, bash_action(option.value));
        }
        std::string operands;
        for (std::size_t i = 0; i < c.operands.size(); ++i)
            operands += fmt::format("{}) {} ;; ",
                                    c.repeats && i + 1 == c.operands.size() ? "*" : std::to_string(i + 1),
                                    bash_action(c.operands[i]));
        cases += fmt::format("        {}) options=\"{}\"{} ;;\n", c.name, fmt::join(options, " "),
                             operands.empty() ? "" : "\n            case $operand in " + operands + "esac");
    }
    std::string takes_value;
    for (const auto& [option, action] : actions) {
        values += fmt::format("        --{}) {} ;;\n", option, action);
        takes_value += " --" + option;
    }
    return fmt::format(
        R"(# Completion of suprsync(1) for bash. Made by: suprsync help --bash-completion
{0}
_suprsync() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} options="" operand=1 i
    local -a told=()
    COMPREPLY=()
    # bash takes the sign of --option=value for a word of its own.
    if [ "$word" = = ]; then
        word=""
    elif [ "$before" = = ]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    if [ "$COMP_CWORD" -eq 1 ]; then
        _suprsync_words {1} --help --version
        return
    fi
    # Which operand this is, and what was said of where the catalog lies.
    for ((i = 2; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
            --*)
                if [[ "{2} " = *" ${{COMP_WORDS[i]}} "* ]]; then
                    local option=${{COMP_WORDS[i]}}
                    i=$((i + 1))
                    [ "${{COMP_WORDS[i]}}" != = ] || i=$((i + 1))
                    case $option in
                        --db | --config) [ "$i" -ge "$COMP_CWORD" ] || told+=("$option" "${{COMP_WORDS[i]/#\~/$HOME}}") ;;
                    esac
                fi ;;
            -*) ;;
            *) operand=$((operand + 1)) ;;
        esac
    done
    if [ "${{word#-}}" = "$word" ]; then
        case $before in
{3}        *) before="" ;;
        esac
        [ -z "$before" ] || return 0
    fi
    case ${{COMP_WORDS[1]}} in
{4}    esac
    case $word in
        -*) _suprsync_words "$options" ;;
    esac
}}
complete -F _suprsync suprsync
)",
        bash_functions, names, takes_value, values, cases);
}

}  // namespace suprsync

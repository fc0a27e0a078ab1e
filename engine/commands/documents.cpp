#include "engine/commands/documents.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "engine/commands/command_table.hpp"
#include "engine/config/configuration_keys.hpp"
#include "engine/model/version.hpp"

namespace suprsync {

namespace {

constexpr const char* what_it_is =
    "Copies registered files to their destination with rsync, proves each copy by comparing MD5 sums, deletes local files after a fresh proof, and tells when a day is complete.";

struct exit_status {
    const char* code;
    const char* meaning;
};
constexpr exit_status statuses[] = {{"0", "done"},
                                    {"1", "failure"},
                                    {"2", "usage or configuration"},
                                    {"3", "`run --once` left something unsettled"},
                                    {"4", "another daemon works on an archive: `run` did not start"}};
constexpr const char* which_status =
    "2 says that the command line, a file that it names for its settings (\\-\\-config, \\-\\-token\\-file) or a value in it\nmakes no sense: nothing was attempted; of reload also that the daemon cannot use it. 1 says that the command was understood and failed: no such archive, id or file,\na locked or missing catalog, a daemon that does not answer, an output that cannot be written.\n";

// Text for troff: nothing in it is a command or an escape, and no line ends in a space.
std::string troff(const std::string& text) {
    std::string safe;
    bool line_begins = true;
    for (const char c : text) {
        if (c == '\n')
            while (safe.ends_with(' ')) safe.pop_back();
        if (line_begins && (c == '.' || c == '\'')) safe += "\\&";
        line_begins = c == '\n';
        if (c == '\\')
            safe += "\\e";
        else if (c == '-')
            safe += "\\-";
        else
            safe += c;
    }
    return safe;
}

// Options with their dashes; those of a command that reads its own command line, from its help.
std::vector<std::string> options_of(const command& c) {
    std::vector<std::string> found;
    if (!c.own_help) {
        for (const auto& option : c.options) found.push_back("--" + option.name);
        found.push_back("--help");
        return found;
    }
    const auto help = c.own_help();
    static const std::regex option(R"((\n +|\[|\()(-h \[ )?(--[a-z][a-z0-9-]*))");
    std::set<std::string> met;
    for (std::sregex_iterator place(help.begin(), help.end(), option), end; place != end; ++place)
        if (met.insert((*place)[3]).second) found.push_back((*place)[3]);
    return found;
}

std::string manual_of(const command& c) {
    auto text =
        fmt::format(".SS suprsync {}{}{}\n", troff(c.name), c.synopsis.empty() ? "" : " ", troff(c.synopsis));
    if (c.own_help) return text + ".nf\n" + troff(c.own_help()) + "\n.fi\n";
    text += troff(c.description) + "\n";
    for (const auto& option : c.options)
        text += fmt::format(".TP\n\\fB\\-\\-{}\\fR{}\n{}\n", troff(option.name),
                            option.value.empty() ? "" : " \\fI" + troff(option.value) + "\\fR",
                            troff(option.text));
    return text;
}

}  // namespace

std::string program_help() {
    std::string help =
        R"(usage: suprsync COMMAND [OPTION]...

Copies registered files to their destination with rsync, proves each copy by comparing MD5 sums, deletes
local files after a fresh proof, and tells when a day is complete.

commands:
)";
    for (const auto& c : command_table()) help += fmt::format("  {:<17}{}\n", c.name, c.summary);
    help +=
        R"(
  --help           this text; suprsync COMMAND --help has the options of one command
  --version        the version

exit statuses:)";
    const char* gap = " ";
    for (const auto& s : statuses) {
        help += fmt::format("{}{} {}", gap, s.code, s.meaning);
        gap = ", ";
    }
    return help + "\n";
}

std::string manual_page() {
    auto page = fmt::format(
        R"(.\" Made by: suprsync help --man
.TH SUPRSYNC 1 "" "suprsync {}" "User Commands"
.SH NAME
suprsync \- copies registered files, proves each copy, and tells when a day is complete
.SH SYNOPSIS
.B suprsync
.I COMMAND
[\fIOPTION\fR]...
.SH DESCRIPTION
{}
The commands run, status, reload, token, doctor and help aside, all open the catalog directly, with the daemon running
or not; the daemon notices at once what they change. On a terminal they print aligned tables, elsewhere fields between tabs,
with \fB\-\-json\fR one JSON document.
.SH COMMANDS
)",
        version(), troff(what_it_is));
    for (const auto& c : command_table()) page += manual_of(c);
    page += ".SH EXIT STATUS\n";
    for (const auto& s : statuses) page += fmt::format(".TP\n.B {}\n{}\n", s.code, troff(s.meaning));
    page += std::string(".PP\n") + which_status;
    page +=
        R"(.SH ENVIRONMENT
.TP
.B SUPRSYNC_DB
the catalog, where \-\-db is not given
.TP
.B SUPRSYNC_COPY_TIMEOUT, ...
Every option of run: what \-\-copy\-timeout is, where the command line does not say it.
.TP
.B OCS_CONFIG_DIR
Its default.yaml is the site file where no configuration is named.
.TP
.B INSTANCE_ID, LOGLEVEL
defaults of run's \-\-instance\-id and \-\-log\-level
.TP
.B SITE_HOST
default of run's \-\-site\-host
.TP
.B SUPRSYNC_SSH_CONFIG
another ssh configuration file (ssh \-F), for run
.SH SEE ALSO
.BR rsync (1),
.BR ssh (1),
.BR sqlite3 (1)
)";
    return page;
}

namespace {

// Options whose values are a closed set, with these; a name means the same in every command.
std::map<std::string, std::vector<std::string>> values_of_options() {
    std::map<std::string, std::vector<std::string>> values;
    const auto take = [&](const std::string& option, const std::vector<std::string>& words) {
        if (!words.empty()) values.emplace(option, words);
    };
    for (const auto& key : archive_keys()) take(key.option, key.words);
    for (const auto& key : daemon_keys()) take(key.option, key.words);
    for (const auto& c : command_table())
        for (const auto& option : c.options) take(option.name, option.words);
    return values;
}

}  // namespace

std::string bash_completion() {
    std::string names;
    for (const auto& c : command_table()) names += (names.empty() ? "" : " ") + c.name;
    std::string cases;
    for (const auto& c : command_table())
        cases += fmt::format("        {}) options=\"{}\"{} ;;\n", c.name, fmt::join(options_of(c), " "),
                             c.name == "help" ? " values=\"" + names + "\"" : "");
    std::string values;
    for (const auto& [option, words] : values_of_options())
        values += fmt::format("        --{}) values=\"{}\" ;;\n", option, fmt::join(words, " "));
    return fmt::format(
        R"(# Completion of suprsync(1) for bash. Made by: suprsync help --bash-completion
_suprsync() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} options="" values=""
    COMPREPLY=()
    # bash takes the sign of --option=value for a word of its own.
    if [ "$word" = = ]; then
        word=""
    elif [ "$before" = = ]; then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "{} --help --version" -- "$word")
        return
    fi
    case ${{COMP_WORDS[1]}} in
{}    esac
    case $before in
{}    esac
    if [ -n "$values" ] && [ "${{word#-}}" = "$word" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
        return
    fi
    case $word in
        -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
        *) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    esac
}}
complete -F _suprsync suprsync
)",
        names, cases, values);
}

}  // namespace suprsync

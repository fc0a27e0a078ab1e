#include "engine/commands/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/commands/command_table.hpp"
#include "engine/commands/option_descriptions.hpp"
#include "engine/commands/troff_text.hpp"
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
    "2 says that the command line, a file that it names for its settings (\\-\\-config, \\-\\-token\\-file) or a value in it\nmakes no sense: nothing was attempted; of reload also that the daemon cannot use it. 1 says that the command was understood and failed: no such archive, id or file,\na locked or missing catalog, a daemon that does not answer, an output that cannot be written.\nOf status \\-\\-check: 0 all is well, 1 a condition holds, 2 no answer.\n";

// What a command that reads its own command line says before its options: how it is used, and paragraphs.
std::string introduction_of(const command& c) {
    auto help = c.own_help();
    if (const auto options = options_help(); help.ends_with(options))
        help.resize(help.size() - options.size());
    while (help.ends_with('\n')) help.pop_back();
    std::string text;
    for (std::size_t at = 0; at < help.size();) {
        const auto end = std::min(help.find("\n\n", at), help.size());
        const auto paragraph = help.substr(at, end - at);
        text += at == 0 ? troff_example(paragraph) : ".PP\n" + troff(paragraph) + "\n";
        at = end + 2;
    }
    return text;
}

std::string options_of_run() {
    std::string text, group;
    for (const auto& option : described_options()) {
        if (option.group != group) text += fmt::format(".PP\nOptions of {}:\n", troff(option.group));
        group = option.group;
        text += troff_option(option.name, option.value, option.text);
    }
    return text;
}

std::string manual_of(const command& c) {
    if (c.name == "run") return ".SS suprsync run\n" + introduction_of(c) + options_of_run();
    if (c.own_help) return fmt::format(".SS suprsync {}\n", troff(c.name)) + introduction_of(c);
    auto text =
        fmt::format(".SS suprsync {}{}{}\n", troff(c.name), c.synopsis.empty() ? "" : " ", troff(c.synopsis));
    text += troff(c.description) + "\n";
    for (const auto& option : c.options) text += troff_option(option.name, option.value, option.text);
    return text;
}

struct explained {
    const char* what;
    const char* text;
};

constexpr explained manual_examples[] = {
    {"suprsync run --config /etc/suprsync/suprsync.yaml --check-config\nsuprsync doctor --config /etc/suprsync/suprsync.yaml",
     "Are there mistakes in the configuration, and is everything in place for it? What it means is in suprsync.yaml(5)."},
    {"systemctl enable --now suprsync\nsuprsync status --watch",
     "Starts the installed service, and shows what it is doing, again and again."},
    {"suprsync add /data/smurf/1700000000.dat 17000/smurf/1700000000.dat timestreams",
     "Registers one file, which a running daemon copies at once."},
    {"suprsync list timestreams --state failed\nsuprsync explain /data/smurf/1700000000.dat\nsuprsync retry timestreams --all",
     "What failed, why, and once more from the beginning."},
    {"suprsync timecodes timestreams --open",
     "Which days are not finalized yet, and which files they wait for."},
    {"journalctl -u suprsync -p warning ARCHIVE=timestreams",
     "What an archive has to complain of; suprsync help --messages says what to do about each message."},
};

constexpr explained manual_files[] = {
    {"/etc/suprsync/suprsync.yaml",
     "the configuration where none is named, and that of suprsync.service: see suprsync.yaml(5)"},
    {"/etc/suprsync/NAME.yaml", "that of the instance suprsync@NAME.service"},
    {"/run/suprsync/http.sock, /run/suprsync-NAME/http.sock",
     "where these services answer, which suprsync status asks"},
    {"DATABASE, DATABASE-wal, DATABASE-shm",
     "the catalog, its log and its index: whoever is to read it reads all three"},
    {"DATABASE.ARCHIVE.lock", "locked by the daemon that works on the archive"},
};

constexpr explained manual_signals[] = {
    {"SIGTERM, SIGINT",
     "No new work; running transfers get --shutdown-grace, then they are ended, and what they sent is kept for resumption. A second one ends them at once."},
    {"SIGHUP",
     "The configuration file is read again, with those that it includes; running transfers are not disturbed. Without such a file, on a terminal, as SIGTERM."},
    {"SIGKILL",
     "Loses nothing: the next start goes on. What the daemon had started is ended within two seconds."},
};

constexpr explained manual_variables[] = {
    {"SUPRSYNC_CONFIG", "the configuration, where --config is not given"},
    {"SUPRSYNC_DB",
     "the catalog, where --db (of run: --db-path) is not given; it wins over the configuration"},
    {"SUPRSYNC_COPY_TIMEOUT, ...",
     "Every option of run: what --copy-timeout is, where the command line does not say it."},
    {"OCS_CONFIG_DIR", "Its default.yaml is the site file where no configuration is named."},
    {"INSTANCE_ID, LOGLEVEL", "defaults of run's --instance-id and --log-level"},
    {"SITE_HOST", "default of run's --site-host"},
    {"SUPRSYNC_SSH_CONFIG", "another ssh configuration file (ssh -F), for run"},
};

template <class Explained>
std::string terms(const char* section, const Explained& all) {
    std::string text = std::string(".SH ") + section + "\n";
    for (const auto& one : all) text += troff_term(one.what, one.text);
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
The commands run, status, pause, resume, try-now, notify, reload, far-side, token, doctor and help aside, all open the
catalog directly, with the daemon running or not; the daemon notices at once what they change. Those that only show what
is there (check, next, list, timecodes, explain, history, verify) change nothing, and work for any account that may read the catalog. Where the catalog is and where the daemon
answers is said by options, by the environment, or by the daemon's configuration. On a terminal they print aligned tables, elsewhere fields between tabs,
with \fB\-\-json\fR one JSON document.
.SH COMMANDS
)",
        version(), troff(what_it_is));
    for (const auto& c : command_table()) page += manual_of(c);
    page += ".SH EXAMPLES\n";
    for (const auto& example : manual_examples)
        page += std::string(".PP\n") + troff(example.text) + "\n" + troff_example(example.what);
    page += terms("FILES", manual_files) + terms("SIGNALS", manual_signals);
    page += ".SH EXIT STATUS\n";
    for (const auto& s : statuses) page += troff_term(s.code, s.meaning);
    page += std::string(".PP\n") + which_status + terms("ENVIRONMENT", manual_variables);
    page +=
        R"(.SH SEE ALSO
.BR suprsync.yaml (5),
.BR rsync (1),
.BR ssh (1),
.BR sqlite3 (1)
)";
    return page;
}

}  // namespace suprsync

#include <fmt/format.h>

#include "engine/commands/documents.hpp"
#include "engine/commands/troff_text.hpp"
#include "engine/config/notify_keys.hpp"
#include "engine/model/version.hpp"

namespace suprsync {

namespace {

// A test checks it with `run --check-config`.
constexpr const char* example_configuration =
    R"(db_path: /data/so/dbs/suprsync.db
suprsync_file_root: /data/so/suprsync
local_roots: [/data]
http: {listen: unix:/run/suprsync/http.sock}
archives:
  - name: timestreams
    remote_basedir: /archive/timestreams
    ssh_host: so@archive.example.org
    ssh_key: /home/cryo/.ssh/id_ed25519
    delete_local_after: 7d
    copy_timeout: 10m
  - name: smurf
    remote_basedir: /archive/smurf)";

template <class Key>
std::string described(const Key& key, std::size_t prefix) {
    auto text = key.meaning + ".";
    text += fmt::format("\nA value is {}{}.", key.one_or_more ? "one text or " : "", key.expected);
    text += key.preset.empty() ? std::string("\nRequired.") : fmt::format("\nDefault: {}.", key.preset);
    const auto name = key.key.substr(prefix);
    return fmt::format(".TP\n\\fB{}\\fR: \\fI{}\\fR\n{}\n", troff(name),
                       troff(key.value_name.empty() ? "true|false" : key.value_name), troff(text));
}

// Keys in a section ("http."), or outside any ("").
template <class Keys>
std::string keys_of(const Keys& keys, const std::string& section) {
    std::string text;
    for (const auto& key : keys) {
        const auto dot = key.key.find('.');
        if (section.empty() ? dot == std::string::npos : key.key.starts_with(section))
            text += described(key, section.size());
    }
    return text;
}

constexpr const char* page_begins =
    R"(.SH NAME
suprsync.yaml \- configuration of the suprsync daemon
.SH SYNOPSIS
.I /etc/suprsync/suprsync.yaml
.br
.I /etc/suprsync/NAME.yaml
.SH DESCRIPTION
The file tells
.BR suprsync (1)
which archives it copies, where to, and how. It is YAML, one document of at most 4 MiB. Keys are the options of
.B suprsync run
with underscores. An option on the command line wins over a variable of the environment, that over this file.
.PP
Times are seconds, or have a unit: 90, 90s, 15m, 2h, 7d. Rates are bytes a second in the units of
.BR rsync (1).
Paths are absolute. An unknown key, a value of another kind or a missing one is a mistake: the daemon does not start, and
names file, line and key of every mistake at once, as
.B suprsync run \-\-check\-config
does without starting anything.
.PP
With SIGHUP
.RB ( "systemctl reload suprsync" )
the file is read again: archives come, change and go, and running transfers are not disturbed. The keys db_path,
log_format, db_echo and those of http but for listen take effect with the next start only; the log names them.
A file with mistakes changes nothing.
.SH KEYS OF THE DAEMON
)";

constexpr const char* of_include =
    R"(.TP
\fBinclude\fR: \fIPATTERN\fR
Further files to read archives from, such as conf.d/*.yaml, or a list of such: relative to the directory of this file, in
the order of their names. An included file holds archives and nothing else.
Default: none.
)";

constexpr const char* of_notify =
    R"(.SS notify: a list of those who are told
Each entry has one of command, webhook and webhook_file.
.B suprsync notify \-\-test
tries them.
)";

constexpr const char* of_archives =
    R"(.SH KEYS OF AN ARCHIVE
The key
.B archives
holds a list: any number of archives, each with a name of its own. Those of the keys that the daemon has, too, hold for
each archive that has none of its own.
)";

constexpr const char* of_files =
    R"(.SH FILES
.TP
.I /etc/suprsync/suprsync.yaml
is read where nothing names another file, and by suprsync.service
.TP
.I /etc/suprsync/NAME.yaml
is read by the instance suprsync@NAME.service
.TP
.I $OCS_CONFIG_DIR/default.yaml
is read in its place where that variable is set: a site file of OCS, no such file as this
.TP
.I /usr/share/doc/suprsync/suprsync.yaml
has every key with an example
.SH SIGNALS
.TP
.B SIGHUP
has the daemon read the file again, with those that it includes; suprsync reload sends it, and tells how that went
.SH EXIT STATUS
.TP
.B 2
of suprsync run and suprsync reload: the file has mistakes, which are told with file, line, key and what is expected
.SH SEE ALSO
.BR suprsync (1),
.BR rsync (1),
.BR ssh_config (5)
)";

}  // namespace

std::string configuration_page() {
    auto page = fmt::format(
        ".\\\" Made by: suprsync help --man-yaml\n.TH SUPRSYNC.YAML 5 \"\" \"suprsync {}\" \"File Formats\"\n",
        version());
    page += page_begins + keys_of(daemon_keys(), "") + of_include;
    page += ".SS scrub: copies are asked for again in the background, or off\n" +
            keys_of(daemon_keys(), "scrub.");
    page += ".SS http: the HTTP interface\n" + keys_of(daemon_keys(), "http.");
    page += ".SS ocs: the Observatory Control System, or off\n" + keys_of(daemon_keys(), "ocs.");
    page += of_notify + keys_of(notify_keys(), "");
    page += of_archives + keys_of(archive_keys(), "");
    page += ".SS scrub of an archive, or off\n" + keys_of(archive_keys(), "scrub.");
    page += std::string(".SH EXAMPLES\nTwo archives, of which one is on this machine:\n") +
            troff_example(example_configuration);
    return page + of_files;
}

}  // namespace suprsync

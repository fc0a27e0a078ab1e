#include "engine/commands/command_table.hpp"

#include "engine/commands/doctor.hpp"
#include "engine/commands/notify.hpp"
#include "engine/commands/reload.hpp"
#include "engine/commands/run.hpp"
#include "engine/commands/tools.hpp"

namespace suprsync {

namespace {

// Those that take the options of run.
command with_options_of_run(std::string name, std::string synopsis, std::string summary,
                            decltype(command::run_raw) run, decltype(command::own_help) help,
                            std::vector<command_option> beside_them = {}) {
    command c;
    c.name = std::move(name);
    c.synopsis = std::move(synopsis);
    c.summary = std::move(summary);
    c.run_raw = std::move(run);
    c.own_help = std::move(help);
    c.options = std::move(beside_them);
    return c;
}

}  // namespace

const std::vector<command>& command_table() {
    static const std::vector<command> table = {
        with_options_of_run(
            "run", "--archive-name NAME --remote-basedir DIR --db-path FILE --suprsync-file-root DIR",
            "the daemon", run_daemon, run_help),
        describe_add(),
        describe_add_local_files(),
        describe_check(),
        describe_next(),
        describe_list(),
        describe_timecodes(),
        describe_explain(),
        describe_retry(),
        describe_ignore(),
        describe_unignore(),
        describe_pause(),
        describe_resume(),
        describe_try_now(),
        describe_accept_clock(),
        describe_accept_removal(),
        describe_verify(),
        describe_status(),
        describe_history(),
        with_options_of_run("reload", "[--config FILE | --site-file FILE] [OPTION]... (those of run)",
                            "has the daemon read its configuration again, and says how that went", run_reload,
                            reload_help),
        with_options_of_run("notify", "--test [--to N] [OPTION]... (those of run)",
                            "sends a test message to those who are told, and says how that went", run_notify,
                            notify_help,
                            {{"test", "", "send it"}, {"to", "N", "only to that entry of notify, from 1"}}),
        describe_token(),
        with_options_of_run(
            "doctor", "[OPTION]... (those of run, --json, --from-agent, --rebuild-side-tables, --unit)",
            "is everything in place for this configuration?", run_doctor, doctor_help,
            {{"json", "", "print what was found as JSON"},
             {"from-agent", "", "say first what becomes of the Python agent's catalog and site file"},
             {"rebuild-side-tables", "", "make our tables in the catalog anew"},
             {"unit", "", "print the drop-in for the installed systemd unit"},
             {"user", "NAME", "as whom the service runs, with --unit"},
             {"group", "NAME", "as which group the service runs, with --unit"}}),
        describe_far_side(),
        describe_help()};
    return table;
}

const command* find_command(const std::string& name) {
    for (const auto& c : command_table())
        if (c.name == name) return &c;
    return nullptr;
}

}  // namespace suprsync

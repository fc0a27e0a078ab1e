#include "engine/commands/command_table.hpp"

#include "engine/commands/doctor.hpp"
#include "engine/commands/reload.hpp"
#include "engine/commands/run.hpp"
#include "engine/commands/tools.hpp"

namespace suprsync {

namespace {

command describe_run() {
    command c;
    c.name = "run";
    c.synopsis = "--archive-name NAME --remote-basedir DIR --db-path FILE --suprsync-file-root DIR";
    c.summary = "the daemon";
    c.run_raw = run_daemon;
    c.own_help = run_help;
    return c;
}

command describe_reload() {
    command c;
    c.name = "reload";
    c.synopsis = "[--config FILE | --site-file FILE] [OPTION]... (those of run)";
    c.summary = "has the daemon read its configuration again, and says how that went";
    c.run_raw = run_reload;
    c.own_help = reload_help;
    return c;
}

command describe_doctor() {
    command c;
    c.name = "doctor";
    c.synopsis = "[OPTION]... (those of run, --json, --from-agent, --rebuild-side-tables, --unit)";
    c.summary = "is everything in place for this configuration?";
    c.run_raw = run_doctor;
    c.own_help = doctor_help;
    return c;
}

}  // namespace

const std::vector<command>& command_table() {
    static const std::vector<command> table = {describe_run(),
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
                                               describe_accept_clock(),
                                               describe_accept_removal(),
                                               describe_status(),
                                               describe_reload(),
                                               describe_token(),
                                               describe_doctor(),
                                               describe_help()};
    return table;
}

const command* find_command(const std::string& name) {
    for (const auto& c : command_table())
        if (c.name == name) return &c;
    return nullptr;
}

}  // namespace suprsync

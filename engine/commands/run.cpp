#include "engine/commands/run.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <iostream>

#include "engine/commands/complain.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/commands/running_daemon.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/report/log.hpp"
#include "net/process/first_process.hpp"

namespace suprsync {

namespace {

constexpr const char* usage_of_run =
    R"(usage: suprsync run --archive-name NAME --remote-basedir DIR --db-path FILE --suprsync-file-root DIR [OPTION]...
       suprsync run --config FILE [OPTION]...
       suprsync run --site-file FILE [OPTION]...

The daemon: copies, verifies, deletes, finalizes, until SIGTERM. Times are seconds, or have a unit: 90, 90s, 15m, 2h, 7d.
)";

int report_check(const run_options& options) {
    for (const auto* told : {&options.notices, &options.warnings})
        for (const auto& line : *told) complain("suprsync run: " + line);
    if (!options.effective.empty()) {
        std::cout << options.effective << std::flush;
        return exit_code::done;
    }
    std::cout << "the configuration is fine: instance " << options.daemon.instance_id << ", catalog "
              << shown_name(options.daemon.db_path) << std::endl;
    for (const auto& archive : options.daemon.archives)
        std::cout << "  archive " << archive.name << " to " << shown_name(archive.destination()) << std::endl;
    return exit_code::done;
}

// What a restart does not mend has a status of its own (conf/suprsync.service.in).
int exit_status_of(failure_code why) {
    switch (why) {
        case failure_code::invalid:
            return exit_code::usage;
        case failure_code::archive_held:
            return exit_code::held;
        default:
            return exit_code::failed;
    }
}

}  // namespace

std::string run_help() {
    const auto parsed = parse_run_options({"--help"}, usage_of_run);
    return parsed ? parsed->help : "";
}

int run_daemon(const std::vector<std::string>& arguments) {
    auto parsed = parse_run_options(arguments, usage_of_run);
    if (!parsed) {
        complain("suprsync run: " + parsed.error().text() + "\nSee suprsync run --help");
        return exit_code::usage;
    }
    if (!parsed->options) {
        std::cout << parsed->help;
        return exit_code::done;
    }
    if (parsed->options->check_config || !parsed->options->effective.empty())
        return report_check(*parsed->options);
    if (const auto ended = reap_as_first_process()) return *ended;
    start_logging(parsed->options->logging);
    // Before whatever else is logged: where the start fails, too.
    if (const auto& file = parsed->options->file; !file.empty()) spdlog::info("configuration: {}", file);
    // A reader that went away is an error of its write, not the end of the daemon.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        running_daemon program(std::move(*parsed->options));
        if (auto opened = program.open(); !opened) {
            if (opened.error().code == failure_code::stopped) {
                spdlog::info("{}: ended", opened.error().text());
                return exit_code::done;
            }
            log::tell<messages::not_started>({}, opened.error().text());
            return exit_status_of(opened.error().code);
        }
        return program.run();
    } catch (const std::exception& bug) {
        log::tell<messages::ended_by_a_bug>({}, bug.what());
        return exit_code::failed;
    }
}

}  // namespace suprsync

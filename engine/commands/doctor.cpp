#include "engine/commands/doctor.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <set>

#include "engine/commands/complain.hpp"
#include "engine/commands/environment.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/http_probe.hpp"
#include "engine/commands/notify_probe.hpp"
#include "engine/commands/own_options.hpp"
#include "engine/commands/rebuild_command.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/commands/unit_command.hpp"
#include "engine/files/md5_sum.hpp"
#include "engine/loop/machine_clock.hpp"
#include "engine/loop/other_processes.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/diagnosis.hpp"
#include "engine/rules/hand_over.hpp"
#include "net/far/far_probe.hpp"
#include "net/process/guardian.hpp"
#include "net/remote/probe.hpp"
#include "storage/catalog/agent_probe.hpp"
#include "storage/catalog/catalog_probe.hpp"
#include "storage/disk/place_probe.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::chrono::seconds longest_check_for_damage{60};

constexpr const char* usage_of_doctor =
    R"(usage: suprsync doctor [--from-agent | --rebuild-side-tables] [--json] (--config FILE | --site-file FILE | OPTION...)
       suprsync doctor --unit [--user NAME] [--group NAME] [--config FILE | --site-file FILE | OPTION...]

Is everything in place for this configuration? Takes the options of run, looks, and changes nothing, here or there. Exit status: 0 nothing is in the way, 1 something is, 2 usage or configuration.

With --from-agent, says first what becomes of a catalog and a site file of the Python agent: what stays, what differs, which rows to look at, who would start the agent again, and the way back.

With --rebuild-side-tables, makes the tables anew that suprsync keeps in the catalog beside the shared ones: the way back from those of a newer version. Attempts, pauses and what was promised stay, sizes of files that were verified while they were written do not; daemons of the catalog are to be stopped first.

With --unit, prints a drop-in for the installed systemd unit instead: as whom the service runs (the owner of the ssh key, else of the data; this account where it is not root; or --user and --group), that all is read-only but what this configuration writes, and limits. For /etc/suprsync/suprsync.yaml it belongs into /etc/systemd/system/suprsync.service.d/site.conf, for /etc/suprsync/NAME.yaml into /etc/systemd/system/suprsync@NAME.service.d/site.conf.
)";

const char* word_of(health how) {
    return how == health::ok ? "ok" : how == health::warning ? "warn" : "FAIL";
}

// For control sockets; nothing is left of it.
class private_directory {
  public:
    private_directory() {
        if (!::mkdtemp(path_.data()))
            throw std::runtime_error("cannot make a directory in /tmp: " + std::string(std::strerror(errno)));
    }
    ~private_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    private_directory(const private_directory&) = delete;
    private_directory& operator=(const private_directory&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_ = "/tmp/suprsync-doctor-XXXXXX";
};

class doctor {
  public:
    doctor(const run_options& o, bool as_json) : options_(o), configuration_(o.daemon), as_json_(as_json) {
        document_.begin_array();
    }

    /// What becomes of the Python agent's catalog and site file.
    void hand_over(const std::vector<agent_entry>& entries) {
        auto found = probe_agent_catalog(configuration_.db_path, configuration_.archives);
        found.open_in = programs_that_opened(configuration_.db_path);
        say(judge_hand_over(configuration_, found, entries));
    }

    asio::awaitable<void> run(asio::any_io_executor loop, child_runner& runner, std::string directory) {
        co_await probe_programs(runner);
        say({judge_md5(md5_error()), judge_own_clock(read_machine_clock())});
        say(judge_notify(probe_notify(configuration_)));
        say(judge_http(probe_http(options_, configured_addresses(configuration_))));
        probe_the_catalog();
        for (const auto& archive : configuration_.archives) {
            const auto local = probe_local_side(archive);
            co_await probe_options(archive, runner);
            transport_options options{.archive = archive,
                                      .runtime_directory = directory,
                                      .ssh_config_file = environment_variable("SUPRSYNC_SSH_CONFIG")};
            const auto there = co_await probe_destination(loop, runner, options, catalog_.uuid);
            const auto known = catalog_.archives.find(archive.name);
            say(judge_destination(archive, there, known == catalog_.archives.end() ? nullptr : &known->second,
                                  local));
            if (!archive.ssh_host || there.unreachable) continue;
            probed_far_side far_side;
            if (archive.asks_far_side()) far_side = co_await probe_far_side(loop, runner, std::move(options));
            say({judge_transfer(archive, far_side.version, far_side.refused)});
        }
    }

    int finish() {
        if (as_json_) print_json(document_.end_array());
        return failed_ ? exit_code::failed : exit_code::done;
    }

  private:
    asio::awaitable<void> probe_programs(child_runner& runner) {
        std::vector<probed_program> programs{{"rsync", "", "rsync"}};
        programs[0].version = co_await version_here(runner, "rsync", "--version");
        const bool ssh = std::any_of(configuration_.archives.begin(), configuration_.archives.end(),
                                     [](const auto& a) { return a.ssh_host.has_value(); });
        if (ssh) {
            auto version = co_await version_here(runner, "ssh", "-V");
            programs.push_back({"ssh", std::move(version), "openssh-client"});
        }
        say(judge_programs(programs));
    }

    void probe_the_catalog() {
        std::vector<std::string> names;
        for (const auto& archive : configuration_.archives) names.push_back(archive.name);
        catalog_ = probe_catalog(configuration_.db_path, names, longest_check_for_damage);
        say(judge_catalog(catalog_));
    }

    std::vector<probed_place> probe_local_side(const archive_configuration& archive) {
        std::vector<probed_place> places;
        say({judge_finalization_root(archive.name, probe_place(archive.suprsync_file_root))});
        std::set<std::string> seen;
        for (const auto& root : archive.local_roots) {
            seen.insert(root);
            places.push_back(probe_place(root));
            say({judge_local_directory(archive, "local root", places.back())});
        }
        for (const auto& directory : catalog_.archives[archive.name].recent_directories) {
            if (!seen.insert(directory).second) continue;
            places.push_back(probe_place(directory));
            auto found = judge_local_directory(archive, "local files", places.back());
            // A directory may go when its files have gone.
            if (found.how != health::ok) say({std::move(found)});
        }
        return places;
    }

    asio::awaitable<void> probe_options(const archive_configuration& archive, child_runner& runner) {
        std::vector<std::string> arguments{"--chmod=" + archive.chmod};
        if (archive.bwlimit) arguments.push_back("--bwlimit=" + *archive.bwlimit);
        const auto complaint = co_await rsync_complaint(runner, arguments);
        const auto text = fmt::format("{}", fmt::join(arguments, " "));
        if (complaint.empty())
            say({{health::ok, archive.name, "modes", "rsync understands " + text}});
        else
            say({{health::failed, archive.name, "modes",
                  "rsync does not understand " + text + " (" + complaint + "): correct chmod or bwlimit"}});
    }

    void say(const std::vector<finding>& findings) {
        for (const auto& f : findings) {
            failed_ = failed_ || f.how == health::failed;
            if (as_json_)
                document_.begin_object()
                    .member("result", word_of(f.how))
                    .member("archive", f.archive)
                    .member("check", f.check)
                    .member("text", f.text)
                    .end_object();
            else
                std::cout << fmt::format("{:<4}  {}{}: {}", word_of(f.how),
                                         f.archive.empty() ? "" : "[" + f.archive + "] ", f.check,
                                         shown_line(f.text))
                          << std::endl;
        }
    }

    const run_options& options_;
    const daemon_configuration& configuration_;
    const bool as_json_;
    probed_catalog catalog_;
    json_writer document_;
    bool failed_ = false;
};

const char* misused(bool unit, bool anything_else, const wanted_account& wanted) {
    if (unit && anything_else) return "--unit prints a drop-in, and does nothing else";
    if (!unit && (wanted.user || wanted.group)) return "--user and --group go with --unit";
    return nullptr;
}

}  // namespace

std::string doctor_help() {
    const auto parsed = parse_run_options({"--help"}, usage_of_doctor);
    return parsed ? parsed->help : "";
}

int run_doctor(const std::vector<std::string>& arguments) {
    auto options = arguments;
    const bool as_json = take_flag(options, "--json");
    const bool from_agent = take_flag(options, "--from-agent");
    const bool rebuild = take_flag(options, "--rebuild-side-tables");
    const bool unit = take_flag(options, "--unit");
    const wanted_account wanted{take_value(options, "--user"), take_value(options, "--group")};
    if (const auto* mistake = misused(unit, as_json || from_agent || rebuild, wanted)) {
        complain(fmt::format("suprsync doctor: {}\nSee suprsync doctor --help", mistake));
        return exit_code::usage;
    }
    auto parsed = parse_run_options(options, usage_of_doctor);
    if (!parsed) {
        complain("suprsync doctor: " + parsed.error().text() + "\nSee suprsync doctor --help");
        return exit_code::usage;
    }
    if (!parsed->options) {
        std::cout << parsed->help;
        return exit_code::done;
    }
    std::signal(SIGPIPE, SIG_IGN);
    if (unit) return print_unit(*parsed->options, wanted);
    if (rebuild) return rebuild_side_tables_command(parsed->options->daemon.db_path, as_json);
    try {
        auto watch = guardian::start("/proc/self/exe");
        if (!watch) throw failure_error(watch.error());
        private_directory directory;
        asio::io_context loop(1);
        child_runner runner(loop.get_executor(), &*watch);
        doctor all(*parsed->options, as_json);
        if (from_agent) all.hand_over(parsed->options->agents);
        asio::co_spawn(loop, all.run(loop.get_executor(), runner, directory.path()),
                       [](const std::exception_ptr& bug) {
                           if (bug) std::rethrow_exception(bug);
                       });
        loop.run();
        return all.finish();
    } catch (const std::exception& e) {
        complain(std::string("suprsync doctor: ") + e.what());
        return exit_code::failed;
    }
}

}  // namespace suprsync

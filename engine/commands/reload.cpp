#include "engine/commands/reload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "engine/commands/complain.hpp"
#include "engine/commands/environment.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/reload_caller.hpp"
#include "engine/commands/run_options.hpp"
#include "engine/commands/runtime_places.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/model/text.hpp"

namespace fs = std::filesystem;

namespace suprsync {

namespace {

constexpr std::chrono::seconds longest_greeting{10};
// A daemon whose socket was removed makes another one within ten seconds.
constexpr std::chrono::seconds longest_absence{12};
constexpr std::chrono::milliseconds between_searches{200};
// The daemon reads for a minute at most, and may be at an earlier reload.
constexpr std::chrono::seconds longest_reload{150};

constexpr const char* usage_of_reload =
    R"(usage: suprsync reload [--config FILE | --site-file FILE] [OPTION]...

Has the running daemon read its configuration again. Takes the options of run, as the daemon was given them: checks the configuration first, and tells the daemon nothing of one with mistakes. Then it sends SIGHUP to the daemon that reads this file (in a service, to its main process, $MAINPID), waits until it has answered, and prints what has changed, or why it goes on with what it had. Exit status: 0 the daemon goes by the file, 2 the configuration cannot be used, 1 anything else.
)";

failure cannot_reload(failure_code code, const std::string& file, const std::string& detail) {
    return {code, "reload", shown_name(file), detail};
}

// The names of one file, as far as this account may look.
bool is_same_file(const std::string& escaped, const std::string& file) {
    if (escaped == shown_name(file)) return true;
    std::error_code unknown;
    return fs::equivalent(escaped, file, unknown);
}

// Whom this reload is for, of those that answer.
class choice {
  public:
    explicit choice(const std::string& named) : file_(absolute_file(named)) {
        if (const auto text = environment_variable("MAINPID")) main_process_ = read_number<pid_t>(*text);
    }

    result<reload_caller> find() {
        look();
        // A service that runs has a socket, or will have one again.
        const auto until = std::chrono::steady_clock::now() + longest_absence;
        while (main_process_ && meant_.empty() && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(between_searches);
            look();
        }
        if (meant_.size() == 1 && meant_.front().daemon().file.empty())
            return cannot_reload(
                failure_code::not_found, file_,
                fmt::format("process {} was started without --config or --site-file, and reads nothing again",
                            meant_.front().daemon().pid));
        if (meant_.size() == 1) return std::move(meant_.front());
        return meant_.empty() ? none() : several();
    }

  private:
    void look() {
        others_.clear();
        for (const auto& path :
             main_process_ ? sockets_of_any_daemon(reload_sockets) : sockets_of_daemons(reload_sockets)) {
            auto caller = reload_caller::ask(path, longest_greeting);
            if (!caller) {
                others_.push_back(caller.error().text());
                denied_ = denied_ || (!main_process_ && caller.error().code == failure_code::not_permitted);
            } else if (is_meant(*caller)) {
                meant_.push_back(std::move(*caller));
            } else {
                others_.push_back(
                    fmt::format("process {} reads {}", caller->daemon().pid,
                                caller->daemon().file.empty() ? "no file" : caller->daemon().file));
            }
        }
    }

    bool is_meant(const reload_caller& caller) const {
        return main_process_ ? caller.daemon().pid == *main_process_
                             : is_same_file(caller.daemon().file, file_);
    }

    failure none() const {
        const auto wanted = main_process_
                                ? fmt::format("the service's main process {} does not answer", *main_process_)
                                : std::string("no daemon that reads it answers");
        const auto seen = others_.empty() ? std::string() : fmt::format(" ({})", fmt::join(others_, "; "));
        return cannot_reload(
            failure_code::not_found, file_,
            fmt::format("{}{}: {}", wanted, seen,
                        denied_ ? "only the account of a daemon and root may reload it (sudo suprsync reload)"
                                : "is it running, as this account or as the installed service?"));
    }

    failure several() const {
        std::vector<pid_t> pids;
        for (const auto& one : meant_) pids.push_back(one.daemon().pid);
        return cannot_reload(
            failure_code::conflict, file_,
            fmt::format("several daemons read it; choose one, and signal it: kill -HUP, with one of {}",
                        fmt::join(pids, ", ")));
    }

    std::string file_;
    std::optional<pid_t> main_process_;
    std::vector<reload_caller> meant_;
    std::vector<std::string> others_;
    bool denied_ = false;  // by one of them
};

int tell(const reload_answer& answer) {
    using outcome = reload_answer::outcome;
    if (answer.how == outcome::taken) {
        for (const auto& line : answer.lines) std::cout << shown_line(line) << '\n';
        return exit_code::done;
    }
    for (const auto& line : answer.lines) complain("suprsync reload: " + line);
    if (answer.how == outcome::failed) return exit_code::failed;
    complain("suprsync reload: the daemon goes on with the configuration that it had");
    return exit_code::usage;
}

int reload(const run_options& options) {
    for (const auto* told : {&options.notices, &options.warnings})
        for (const auto& line : *told) complain("suprsync reload: " + line);
    if (options.file.empty()) {
        complain(
            "suprsync reload: a daemon reads a file again and nothing else: say --config FILE or --site-file FILE");
        return exit_code::usage;
    }
    auto caller = choice(options.file).find();
    if (!caller) throw failure_error(caller.error());
    if (auto signalled = caller->hang_up(); !signalled) throw failure_error(signalled.error());
    return tell(caller->wait(longest_reload).value());
}

}  // namespace

std::string reload_help() {
    const auto parsed = parse_run_options({"--help"}, usage_of_reload);
    return parsed ? parsed->help : "";
}

int run_reload(const std::vector<std::string>& arguments) {
    const auto parsed = parse_run_options(arguments, usage_of_reload);
    if (!parsed) {
        complain("suprsync reload: " + parsed.error().text() + "\nSee suprsync reload --help");
        return exit_code::usage;
    }
    if (!parsed->options) {
        std::cout << parsed->help;
        return exit_code::done;
    }
    try {
        return reload(*parsed->options);
    } catch (const std::exception& why) {
        complain(std::string("suprsync reload: ") + why.what());
        return exit_code::failed;
    }
}

}  // namespace suprsync

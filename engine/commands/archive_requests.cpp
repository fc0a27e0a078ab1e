// `suprsync pause`, `resume` and `try-now`: what people decide about an archive, told to the daemon that
// serves it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "engine/commands/daemon_question.hpp"
#include "engine/commands/exit_code.hpp"
#include "engine/commands/file_printing.hpp"
#include "engine/commands/status_reading.hpp"
#include "engine/commands/tools.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/human.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/model/shown_text.hpp"
#include "http/api/request_values.hpp"

namespace suprsync {

namespace {

constexpr double default_wait = 30;  // s, for the answer of a destination
constexpr double wait_for_base = 5;  // s, for that a base directory is back
constexpr std::chrono::milliseconds between_looks{200};

std::string path_of(const std::string& archive, const std::string& what = "") {
    return "/archives/" + encoded(archive) + what;
}

// The daemon that serves the archive, by this tool's options.
daemon_address daemon_for(const tool_arguments& arguments) {
    return daemon_of_archive(daemon_question(arguments), arguments.operands()[0]);
}

int pause(const tool_arguments& arguments) {
    const auto& archive = arguments.operands()[0];
    json_writer body;
    body.begin_object();
    if (const auto reason = arguments.text("reason")) body.member("reason", *reason);
    tell_daemon(daemon_for(arguments), path_of(archive, "/pause"), body.end_object().take()).value();
    std::cout << fmt::format(
                     "{} is paused: what runs ends by itself, nothing new begins until: suprsync resume {}",
                     shown_name(archive), shown_line(command_word(archive)))
              << std::endl;
    return exit_code::done;
}

int resume(const tool_arguments& arguments) {
    const auto& archive = arguments.operands()[0];
    tell_daemon(daemon_for(arguments), path_of(archive, "/resume"), "{}").value();
    std::cout << shown_name(archive) << " is resumed" << std::endl;
    return exit_code::done;
}

bool is_asked(const link_view& link) { return link.state == "trying" || link.state == "unknown"; }

int try_now(const tool_arguments& arguments) {
    const auto& archive = arguments.operands()[0];
    const auto wait = arguments.duration("wait", 0, 3600).value_or(default_wait);
    const auto daemon = daemon_for(arguments);
    tell_daemon(daemon, path_of(archive, "/try-now"), "{}").value();
    const auto begun = std::chrono::steady_clock::now();
    const auto waited = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    };
    auto known = read_activity(ask_daemon(daemon, path_of(archive)).value()).value();
    // A base directory that is back ends its pause; of one that is not, nothing changes.
    while (waited() < (known.paused ? std::min(wait, wait_for_base) : is_asked(known.link) ? wait : 0)) {
        std::this_thread::sleep_for(between_looks);
        known = read_activity(ask_daemon(daemon, path_of(archive)).value()).value();
    }
    const auto name = shown_name(known.destination);
    if (known.paused) throw failure_error({failure_code::base_changed, "reach", name, known.pause_reason});
    if (known.link.state == "down")
        throw failure_error(
            {failure_code::connection, "reach", name,
             fmt::format(
                 "{}; it is tried again{}", known.link.error,
                 known.link.next_attempt ? " " + human::age(*known.link.next_attempt, wall_clock()) : "")});
    std::cout << (is_asked(known.link)
                      ? fmt::format(
                            "{} is being asked and has not answered within {}; suprsync status tells more",
                            name, human::span(wait))
                      : name + " answers")
              << std::endl;
    return is_asked(known.link) ? exit_code::failed : exit_code::done;
}

command of_archive(std::string name, std::string summary, std::string description,
                   std::vector<command_option> options, int (*run)(const tool_arguments&)) {
    command c;
    c.name = std::move(name);
    c.synopsis = "ARCHIVE";
    c.summary = std::move(summary);
    c.description = std::move(description);
    c.options = with_daemon_options(std::move(options));
    c.least_operands = c.most_operands = 1;
    c.run = run;
    return c;
}

}  // namespace

command describe_pause() {
    auto c = of_archive(
        "pause", "no new batches of an archive until it is resumed",
        "Asks the running daemon over HTTP: it begins no new batches and no deletions of the archive, over restarts, until suprsync resume. What runs ends by itself. The reason stands in the condition paused, in suprsync status and on the page.",
        {{"reason", "TEXT", "why, at most 1,000 bytes"}}, pause);
    c.synopsis = "ARCHIVE [--reason TEXT]";
    return c;
}

command describe_resume() {
    return of_archive(
        "resume", "ends a pause of an archive",
        "Asks the running daemon over HTTP. Where the archive is paused since its base directory at the destination is not the recorded one, that directory is taken as it is now: mount the right file system instead, and the archive goes on by itself.",
        {}, resume);
}

command describe_try_now() {
    return of_archive(
        "try-now", "the destination of an archive is asked at once",
        "Asks the running daemon over HTTP to ask the archive's destination now, however long it was to be waited for, and tells what came of it: exit status 0 where it answers, 1 where it does not. Files that wait for it go on with that.",
        {{"wait", "TIME", "how long to wait for its answer (30s)"}}, try_now);
}

}  // namespace suprsync

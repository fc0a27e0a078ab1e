#include "net/remote/probe.hpp"

#include <fmt/format.h>

#include <chrono>

#include "engine/loop/machine_clock.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/text.hpp"
#include "net/remote/account_trial.hpp"
#include "net/remote/answer_records.hpp"
#include "net/remote/destination_shell.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::chrono::seconds limit{60};

}  // namespace

bool read_probe(std::string_view output, probed_destination& d) {
    if (!take_greeting(output)) return false;
    while (const auto record = next_keyed_record(output)) {
        auto value = record->value;
        switch (record->key) {
            case 'T':
                d.clock_difference = take_number<double>(value).value_or(0);
                break;
            case 'U':
                d.account = value;
                break;
            case 'V':
                d.rsync_version = value;
                break;
            case 'E':
                d.base_error = value;
                break;
            case 'B':
                d.base_exists = true;
                d.base = value;
                break;
            case 'I':
                d.identity = read_identity(value);
                break;
            case 'k':
                d.on_this_machine = is_same_kernel(value, boot_id());
                break;
            case 'd':
                d.device = read_number<std::uint64_t>(value).value_or(0);
                break;
            case 'f':
                d.tells_what_is_in_memory = false;
                break;
            case 'm':
                d.mode = value.substr(0, value.find(' '));
                d.owner = value.substr(std::min(value.size(), d.mode.size() + 1));
                break;
            case 'W':
                d.base_writable = true;
                break;
            case 'O':
                d.base_is_mount_point = true;
                break;
            case 'c':
                d.ignores_case = true;
                break;
            case 'l':
            case 'u':
            case 'x':
                d.unusable_directories.emplace_back(record->key, value);
                break;
            case 'P':
                d.parent_exists = true;
                break;
            case 'p':
                d.parent_writable = true;
                break;
            case 'F':
                d.space = read_space(value);
                break;
            case 'S':
                d.staging = value;
                break;
            case 'D':
                d.staging_nearest = value;
                break;
            case 'w':
                d.staging_writable = true;
                break;
            case 'R':
                d.staging_refused = value;
                break;
            case 's':
                d.staging_same_file_system = true;
                break;
            default:
                break;
        }
    }
    return true;
}

asio::awaitable<probed_destination> probe_destination(asio::any_io_executor executor, child_runner& runner,
                                                      transport_options options, std::string catalog_uuid) {
    probed_destination found;
    auto shell = make_destination_shell(executor, runner, options,
                                        [directory = options.runtime_directory, count = 0]() mutable {
                                            return directory + "/c" + std::to_string(count++);
                                        });
    // It makes the connection, too, so that the next one's time is its own.
    auto trial = co_await try_account(shell, options.archive.ssh_host.value_or("this machine"),
                                      as_duration(options.trial_limit));
    found.no_locks = std::move(trial.no_locks);
    found.unreachable = std::move(trial.refused);
    // People who look on are told at once, and not after a minute of trials as the daemon's.
    if (trial.too_slow)
        found.unreachable->detail += fmt::format(
            " An account that is slow rather than silent is given longer by the daemon, up to {:.3g} s",
            options.longest_trial_limit());
    if (found.unreachable) co_return found;
    script_request request;
    request.operation = "look at";
    request.script = scripts::probe;
    request.limit = limit;
    request.settings = assignment("base", options.archive.remote_basedir) +
                       assignment("staging_dir", options.archive.remote_staging_dir.value_or("")) +
                       assignment("uuid", catalog_uuid) + assignment("archive", options.archive.name);
    const double before = wall_clock();
    auto answer = co_await shell.run(std::move(request));
    const double after = wall_clock();
    if (!answer.end.error && !read_probe(answer.output, found))
        answer.end.error = failure{
            failure_code::io, "look at", options.name(),
            "the account there did not answer as expected: does its login shell print something? The daemon would not understand it either"};
    found.clock_difference -= (before + after) / 2;
    found.clock_uncertainty = (after - before) / 2;
    found.unreachable = answer.end.error;
    co_return found;
}

asio::awaitable<std::string> version_here(child_runner& runner, std::string program, std::string argument) {
    child_request request;
    request.arguments = {std::move(program), std::move(argument)};
    request.limit = limit;
    auto done = co_await runner.run(std::move(request));
    if (!done) co_return "";
    // ssh says it on standard error.
    co_return std::string(first_line(done->output.empty() ? done->error : done->output));
}

asio::awaitable<std::string> rsync_complaint(child_runner& runner, std::vector<std::string> arguments) {
    child_request request;
    request.arguments = {"rsync", "--list-only"};
    request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
    request.arguments.push_back("/dev/null");
    request.environment = {"LC_ALL=C"};
    request.limit = limit;
    auto done = co_await runner.run(std::move(request));
    if (!done) co_return done.error().text();
    co_return done->succeeded() ? std::string() : std::string(first_line(done->error));
}

}  // namespace suprsync

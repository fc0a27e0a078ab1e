#include "net/remote/destination_shell.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "net/remote/classify.hpp"
#include "net/remote/scripts.hpp"
#include "net/remote/shell_text.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr auto far_side_grace =
    std::chrono::seconds(15);  ///< our own limit comes first while the connection holds

/// Goes in front of every command line that a login shell there meets. It starts in the account's home, and
/// an empty element in PATH makes that a directory of programs: a file that was copied there would be run
/// under the name of the first program, before ours can put PATH in order. In words that every shell
/// understands; a `cd` of the account's own may print where it is.
constexpr const char* out_of_home = "cd / >/dev/null;";

/// rsync takes an IPv6 address in brackets only.
std::string target_of(const std::string& host) {
    const auto at = host.rfind('@');
    const auto name = at == std::string::npos ? host : host.substr(at + 1);
    if (name.find(':') == std::string::npos || name.starts_with('[')) return host + ":.";
    return host.substr(0, host.size() - name.size()) + "[" + name + "]:.";
}

}  // namespace

std::string at_login(std::string_view command) {
    return std::string(out_of_home) + " " + std::string(command);
}

bool doubts_connection(const process_end& end) {
    if (!end.error) return false;
    const auto code = end.error->code;
    return code == failure_code::connection || code == failure_code::timed_out ||
           code == failure_code::stalled;
}

destination_shell::destination_shell(child_runner& runner, std::shared_ptr<ssh_connection> ssh,
                                     std::string host, std::string subject)
    : runner_(runner),
      ssh_(std::move(ssh)),
      host_(std::move(host)),
      subject_(std::move(subject)),
      prestarted_(runner) {}

std::shared_ptr<ssh_connection> make_connection(const asio::any_io_executor& executor, child_runner& runner,
                                                const transport_options& options,
                                                std::function<std::string()> new_socket) {
    const auto& archive = options.archive;
    if (!archive.ssh_host) return nullptr;
    ssh_options ssh;
    ssh.host = *archive.ssh_host;
    ssh.key = archive.ssh_key;
    ssh.config_file = options.ssh_config_file;
    ssh.connect_timeout = as_duration(options.connect_timeout);
    ssh.stall_timeout = as_duration(archive.stall_timeout);
    return std::make_shared<ssh_connection>(executor, runner, std::move(ssh), std::move(new_socket));
}

destination_shell make_destination_shell(const asio::any_io_executor& executor, child_runner& runner,
                                         const transport_options& options,
                                         std::function<std::string()> new_socket) {
    return {runner, make_connection(executor, runner, options, std::move(new_socket)),
            options.archive.ssh_host.value_or(""), options.name()};
}

// What is known before the call comes first in the input and in the arguments: they are the same for every
// call with these settings.
child_request destination_shell::child_for(const script_request& request, const ssh_channel& channel) const {
    auto child = child_of(scripts::compose(request.settings, request.script), request.limit + prestarted_life,
                          channel);
    child.keep_input_open = true;
    return child;
}

child_request destination_shell::child_of(std::string text, std::chrono::nanoseconds longest,
                                          const ssh_channel& channel) const {
    const auto limit = std::chrono::ceil<std::chrono::seconds>(longest + far_side_grace);
    const std::vector<std::string> bounded = {
        "timeout", "-k", "5",
        std::to_string(std::bit_ceil(static_cast<std::uint64_t>(std::max<long>(limit.count(), 1))))};

    child_request child;
    child.environment = {"LC_ALL=C"};
    if (ssh_) {
        child.arguments = channel.command();
        child.arguments.insert(child.arguments.end(), {"--", host_, out_of_home});
        child.arguments.insert(child.arguments.end(), bounded.begin(), bounded.end());
        // The login shell there, whatever it is, meets this line alone; `head` takes the text and no byte
        // more.
        const auto reader = "unset -f head; eval \"$(head -c " + std::to_string(text.size()) + ")\"";
        child.arguments.insert(child.arguments.end(), {"sh", "-c", shell_quoted(reader)});
        child.input = std::move(text);
    } else {
        child.arguments = bounded;
        child.arguments.insert(child.arguments.end(), {"sh", "-c", "eval \"unset program; $program\""});
        child.environment.push_back("program=" + text);
    }
    return child;
}

void destination_shell::prestart(const script_request& request, std::size_t at_least) {
    for (auto there = prestarted_.count(request.script.data()); there < at_least; ++there) {
        ssh_channel channel;
        if (ssh_) {
            auto opened = ssh_->open_at_once();
            if (!opened) return;
            channel = std::move(*opened);
        }
        auto child = child_for(request, channel);
        prestarted_.start(request.script.data(), std::move(channel), std::move(child));
    }
}

asio::awaitable<script_answer> destination_shell::run(script_request request) {
    script_answer answer;
    ssh_channel channel;
    prestarted_child prestarted;
    if (auto waiting = prestarted_.take(request.script.data())) {
        channel = std::move(waiting->resources);
        prestarted = std::move(waiting->child);
    } else if (ssh_) {
        auto opened = co_await ssh_->open();
        if (!opened) {
            answer.end = ended_with(opened.error());
            co_return answer;
        }
        channel = std::move(*opened);
    }
    auto child = child_for(request, channel);
    child.input.append(std::to_string(request.list.size())).append(" ").append(request.call).append("\n");
    child.input.append(request.list);
    child.limit = request.limit;
    co_return co_await attend(std::move(child), std::move(prestarted), std::move(channel),
                              std::move(request.operation));
}

asio::awaitable<script_answer> destination_shell::run_alone(std::string operation, std::string text,
                                                            std::chrono::nanoseconds limit) {
    ssh_channel channel;
    if (ssh_) {
        auto opened = co_await ssh_->open();
        if (!opened) {
            script_answer answer;
            answer.end = ended_with(opened.error());
            co_return answer;
        }
        channel = std::move(*opened);
    }
    auto child = child_of(std::move(text), limit, channel);
    child.limit = limit;
    co_return co_await attend(std::move(child), {}, std::move(channel), std::move(operation));
}

asio::awaitable<script_answer> destination_shell::attend(child_request child, prestarted_child prestarted,
                                                         ssh_channel channel, std::string operation) {
    script_answer answer;
    auto done = co_await runner_.run(std::move(child), std::move(prestarted));
    if (!done) {
        answer.end = ended_with(done.error());
        co_return answer;
    }
    answer.ran = true;
    answer.connection_lasts = channel.usable();
    channel.hear(done->error);
    answer.output = std::move(done->output);
    answer.error = std::move(done->error);
    answer.end = classify({program_kind::remote_command, done->status, done->cause, answer.error},
                          std::move(operation), subject_);
    if (doubts_connection(answer.end)) channel.suspect();
    co_return answer;
}

destination_shell::rsync_route destination_shell::route_over(ssh_channel channel) const {
    rsync_route route;
    if (!ssh_) {
        // rsync puts a host name behind its remote shell: dropped, and the rest is run here as ssh would
        // there.
        route.remote_shell = "sh -c " + rsh_quoted("shift; eval \"exec $*\"") + " sh";
        route.target = "localhost:.";
        return route;
    }
    route.channel = std::move(channel);
    for (const auto& word : route.channel.command()) {
        if (!route.remote_shell.empty()) route.remote_shell += ' ';
        route.remote_shell += rsh_quoted(word);
    }
    route.at_login = at_login("");
    route.target = target_of(host_);
    return route;
}

asio::awaitable<result<destination_shell::rsync_route>> destination_shell::route(bool large) {
    if (!ssh_) co_return route_over({});
    auto opened = co_await ssh_->open(large);
    if (!opened) co_return opened.error();
    co_return route_over(std::move(*opened));
}

std::optional<destination_shell::rsync_route> destination_shell::route_at_once() {
    if (!ssh_) return route_over({});
    auto opened = ssh_->open_at_once();
    if (!opened) return std::nullopt;
    return route_over(std::move(*opened));
}

}  // namespace suprsync

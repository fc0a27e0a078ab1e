#include "net/far/lane_process.hpp"

#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "engine/files/detached_thread.hpp"
#include "engine/loop/as_value.hpp"
#include "engine/model/version.hpp"
#include "net/remote/classify.hpp"
#include "net/remote/destination_shell.hpp"
#include "net/remote/shell_text.hpp"
#include "net/remote/verb_rules.hpp"

namespace asio = boost::asio;

namespace suprsync::far {

namespace {

constexpr std::size_t longest_complaints = 64 << 10;
constexpr std::uint32_t silence_limit = 90;  // s
constexpr std::chrono::seconds grace_of_a_lane{2};

result<std::pair<open_descriptor, open_descriptor>> make_socket_pair() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return failure{failure_code::io, "make", "a socket pair", std::strerror(errno)};
    return std::pair(open_descriptor(ends[0]), open_descriptor(ends[1]));
}

asio::awaitable<void> run_process(std::shared_ptr<lane_process> self, child_runner& runner,
                                  child_request request, ssh_channel route, std::string name) {
    auto done = co_await runner.run(std::move(request));
    if (!done) {
        self->outcome = process_end{done.error(), std::string(name_of(done.error().code))};
    } else {
        self->said = std::move(done->error);
        self->outcome =
            classify({program_kind::remote_command, done->status, done->cause, self->said}, "use", name);
        self->ended_alone = done->cause == ended_by::itself && route.usable();
        route.hear(self->said);
        if (doubts_connection(*self->outcome)) route.suspect();
    }
    self->ended = true;
    self->channel->close();
    self->changed.cancel();
}

/// Why there is no far side, for people.
failure no_far_side(const lane_process& l, const failure& greeting, const lane_options& options) {
    const auto& error = l.outcome ? l.outcome->error : std::nullopt;
    const auto refused = [&](std::string why) {
        return failure{failure_code::missing_program, "use", options.name, std::move(why)};
    };
    const auto exit = l.outcome ? l.outcome->exit_class : std::string();
    // The second is how csh says it.
    if (exit == "127" || l.said.find(": Command not found") != std::string::npos)
        return {failure_code::not_found, "use", options.name,
                options.program + " is not installed there, or not in PATH"};
    if (exit == "126") return refused(options.program + " cannot be run there: " + telling_line(l.said));
    if (error && error->code == failure_code::stopped) return *error;
    // One that is killed as soon as it is started, by whatever there, ends so, too.
    if (error && error->code == failure_code::connection && exit == "255" && !l.ended_alone) return *error;
    auto words = telling_line(l.said);
    return refused(words.empty() ? greeting.detail : greeting.detail + ": " + words);
}

}  // namespace

lane_options lane_options_for(const transport_options& options) {
    return {options.archive.ssh_host.value_or(""), options.archive.remote_suprsync, options.name(),
            as_duration(options.longest_trial_limit()), silence_limit};
}

asio::awaitable<opened_lane> open_lane(asio::any_io_executor executor, child_runner& runner,
                                       std::shared_ptr<ssh_connection> ssh, work_threads& threads,
                                       lane_options options, bool for_data) {
    opened_lane opened;
    auto route = co_await ssh->open(for_data);
    if (!route) {
        opened.refused = route.error();
        co_return opened;
    }
    auto ends = make_socket_pair();
    if (!ends) {
        opened.refused = ends.error();
        co_return opened;
    }
    const auto self = std::make_shared<lane_process>(executor);
    self->channel = std::make_shared<lane>(std::move(ends->first));
    child_request request;
    request.arguments = route->command();
    request.arguments.insert(
        request.arguments.end(),
        {"--", options.host, at_login("exec " + shell_quoted(options.program) + " far-side")});
    request.environment = {"LC_ALL=C"};
    request.output_limit = longest_complaints;
    request.channel = std::make_shared<open_descriptor>(std::move(ends->second));
    request.started = [weak = std::weak_ptr(self)](std::function<void()> end) {
        if (const auto l = weak.lock()) l->kill = std::move(end);
    };
    asio::co_spawn(executor, run_process(self, runner, std::move(request), std::move(*route), options.name),
                   [](const std::exception_ptr& thrown) {
                       if (thrown) std::rethrow_exception(thrown);
                   });
    auto greeted = std::make_shared<std::optional<result<hello>>>();
    const auto how = co_await threads.run(
        [channel = self->channel, greeted, limit = options.silence_limit](work_watch&) {
            hello us;
            us.program = version();
            us.silence_limit = limit;
            *greeted = channel->greet(us);
        },
        {options.limit, std::chrono::nanoseconds::max(), grace_of_a_lane},
        [self](work_watch& watch) {
            if (watch.stop) self->hang_up();
        });
    if (how.end != work_end::done || !*greeted) {
        self->hang_up();
        opened.refused =
            how.end == work_end::stopped
                ? failure{failure_code::stopped, "use", options.name, "the daemon is shutting down"}
                : failure{failure_code::missing_program, "use", options.name,
                          options.program + " there does not answer"};
        co_return opened;
    }
    const auto& said = **greeted;
    if (said && said->major == major_version) {
        self->who = *said;
        opened.lane = self;
        if (!start_detached_thread([channel = self->channel] { read_lane(channel); })) {
            self->hang_up();
            opened = {nullptr,
                      failure{failure_code::connection, "use", options.name, "no thread can be started"}};
        }
        co_return opened;
    }
    // How it ended says more than that it did not answer.
    self->channel->close();
    self->changed.expires_after(grace_of_a_lane);
    if (!self->ended) co_await self->changed.async_wait(as_value);
    if (!self->ended) self->hang_up();
    if (said)
        opened.refused = failure{failure_code::missing_program, "use", options.name,
                                 "the suprsync there (" + said->program + ") speaks version " +
                                     std::to_string(said->major) + " of the frames, and this one version " +
                                     std::to_string(major_version)};
    else
        opened.refused = no_far_side(*self, said.error(), options);
    co_return opened;
}

}  // namespace suprsync::far

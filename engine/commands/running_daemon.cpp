#include "engine/commands/running_daemon.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <csignal>
#include <cstring>

#include "engine/commands/exit_code.hpp"
#include "engine/commands/once_progress.hpp"
#include "engine/commands/service_manager.hpp"
#include "engine/commands/status_text.hpp"
#include "engine/loop/as_value.hpp"
#include "engine/loop/this_machine.hpp"
#include "engine/model/version.hpp"
#include "engine/report/log.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace suprsync {

namespace {

// Requests that are running when everything else has ended.
constexpr auto http_server_grace = 1s;
constexpr auto longest_rest = 10s;         // of what is left then, on the loop
constexpr auto configuration_limit = 60s;  // to read it again
constexpr auto resolver_limit = 10s;
constexpr auto progress_every = 500ms;
constexpr auto longest_between_words = 10s;  // to systemd while the catalog is prepared

// For as long as the process lives: where the last set of a signal is gone, the signal kills again, and
// whoever waits for a daemon that has ended is to be told its exit status.
void keep_exit_status_from_signals() {
    static auto& loop = *new asio::io_context(1);
    [[maybe_unused]] static auto& kept = *new asio::signal_set(loop, SIGTERM, SIGINT, SIGHUP);
}

}  // namespace

void tell_of_options(const run_options& options) {
    for (const auto& notice : options.notices) spdlog::info("{}", notice);
    for (const auto& warning : options.warnings) log::tell<messages::option_without_effect>({}, warning);
}

running_daemon::running_daemon(run_options options)
    : options_(std::move(options)),
      reader_(loop_.get_executor(), 1, configuration_limit),
      resolver_(loop_.get_executor(), 1, resolver_limit) {
    // Without a file to read, a SIGHUP of a daemon that a person runs says that the terminal is gone.
    const bool terminal_gone = options_.file.empty() && ::isatty(STDERR_FILENO);
    (terminal_gone ? ending_ : hang_ups_).add(SIGHUP);
    keep_exit_status_from_signals();
}

int running_daemon::run() {
    tell_of_options(options_);
    int status = exit_code::failed;
    asio::co_spawn(loop_, everything(), [&](const std::exception_ptr& bug, int code) {
        if (bug) std::rethrow_exception(bug);
        status = code;
        loop_.stop();
    });
    loop_.run();
    // Processes that were started ahead of their work are ended by now, and reaped.
    loop_.restart();
    loop_.run_for(longest_rest);
    if (!loop_.stopped())
        log::tell<messages::ended_by_a_bug>({}, "something that it had begun did not come to its end");
    return status;
}

asio::awaitable<int> running_daemon::everything() {
    const auto loop = loop_.get_executor();
    task_group others(loop);
    others.spawn(obey_signals());
    others.spawn(feed_watchdog());
    others.spawn(guardian_keeper_->run());
    listen_for_reloads();
    if (options_.daemon.once && ::isatty(STDERR_FILENO)) others.spawn(show_progress_line());
    task_group requests(loop);
    requests.spawn(http_server_->run());
    requests.spawn(ocs_client_->run());

    daemon_->on_ready = [this, &others] {
        ready_ = true;
        others.spawn(reload_when_asked());
        service_manager::ready(status());
        spdlog::info("ready: suprsync {} as {}", version(), options_.daemon.instance_id);
    };
    const bool settled = co_await daemon_->run();
    ended_ = true;
    service_manager::stopping();
    // A request that waits for a locked database is answered by the catalog's end.
    catalog_->stop();
    http_server_->stop(http_server_grace);
    resolver_.stop();
    ocs_client_->stop();
    co_await requests.join();
    ending_.cancel();
    hang_ups_.cancel();
    watchdog_timer_.cancel();
    progress_timer_.cancel();
    guardian_keeper_->stop();
    reader_.stop();
    reload_desk_.stop();
    co_await others.join();
    co_await reload_desk_.join();
    if (options_.daemon.once) spdlog::info("{}", closing_line(daemon_->status()));
    spdlog::info("ended");
    co_return options_.daemon.once && !settled ? exit_code::unsettled : exit_code::done;
}

// The first signal lets running transfers end, a second one does not.
asio::awaitable<void> running_daemon::obey_signals() {
    for (bool first = true; !ended_;) {
        const auto [error, number] = co_await ending_.async_wait(as_value);
        if (error) co_return;
        told_to_end_ = true;
        service_manager::stopping();
        if (first) {
            spdlog::info("{}: no new work; running transfers get {:.0f} s", ::strsignal(number),
                         options_.daemon.shutdown_grace);
            daemon_->stop();
        } else {
            spdlog::info("{} again: the transfers in flight are ended", ::strsignal(number));
            daemon_->stop_at_once();
        }
        first = false;
    }
}

// The loop shows that it lives by running this; the transfers by daemon::healthy().
asio::awaitable<void> running_daemon::feed_watchdog() {
    const auto interval = service_manager::watchdog_interval();
    const auto every = std::min<std::chrono::microseconds>(interval.value_or(longest_between_words) / 3,
                                                           longest_between_words);
    while (!ended_) {
        watchdog_timer_.expires_after(every);
        if (std::get<0>(co_await watchdog_timer_.async_wait(as_value))) co_return;
        mend_sockets();
        listen_for_reloads();
        // Nobody watches before it is ready.
        if (!ready_)
            service_manager::extend_start(6 * every, daemon_->ready().reason);
        else if (daemon_->healthy())
            service_manager::alive(status());
        else
            log::tell<messages::watchdog_starves>({});
    }
}

std::string running_daemon::status() { return status_line(daemon_->status(), wall_clock()); }

asio::awaitable<void> running_daemon::show_progress_line() {
    while (!ended_) {
        progress_timer_.expires_after(progress_every);
        if (std::get<0>(co_await progress_timer_.async_wait(as_value))) break;
        show_progress(progress_line(daemon_->status()));
    }
    show_progress("");
}

}  // namespace suprsync

// How the daemon reads its configuration again, and whom it tells how that went.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/commands/running_daemon.hpp"
#include "engine/commands/service_manager.hpp"
#include "engine/loop/as_value.hpp"
#include "engine/report/log.hpp"

namespace asio = boost::asio;

namespace suprsync {

// Without it SIGHUP does as ever, but nobody learns how it went.
void running_daemon::listen_for_reloads() {
    const auto listening = reload_desk_.listen(absolute_file(options_.file));
    if (!listening && !desk_is_missed_) log::tell<messages::reload_not_heard>({}, listening.error().text());
    desk_is_missed_ = !listening;
}

// A SIGHUP that comes before the daemon is ready, or while the file is read, waits in the set.
asio::awaitable<void> running_daemon::reload_when_asked() {
    while (!ended_) {
        if (std::get<0>(co_await hang_ups_.async_wait(as_value))) co_return;
        co_await reload();
    }
}

asio::awaitable<void> running_daemon::reload() {
    reload_desk_.begin();
    if (options_.file.empty()) {
        const std::string why = "there is nothing to read again, without --config or --site-file";
        log::tell<messages::nothing_to_reload>({}, why);
        reload_desk_.answer({reload_answer::outcome::failed, {why}});
        co_return;
    }
    service_manager::reloading(status());
    const auto answer = co_await read_again();
    // At its end it has told so, and nothing else counts any more.
    if (ended_ || told_to_end_) co_return;
    service_manager::ready(status());
    reload_desk_.answer(answer);
}

// A file that cannot be used leaves everything as it is (spec, Configuration file).
asio::awaitable<reload_answer> running_daemon::read_again() {
    using outcome = reload_answer::outcome;
    // Reading may wait for a file server; the loop does not, and neither does the end of the daemon.
    const auto wanted = co_await reader_.one<run_options>(
        "read", options_.file,
        [written = options_.written](const std::string&) { return read_configuration(written); });
    if (ended_) co_return reload_answer{};
    auto changes = wanted ? take_over(wanted->daemon) : result<configuration_changes>(wanted.error());
    if (!changes) {
        const auto& why = changes.error();
        if (why.code == failure_code::stopped) co_return reload_answer{outcome::failed, {why.text()}};
        daemon_->conditions().raise(
            condition_kind::configuration_not_reloaded, "",
            fmt::format(
                "{}; the daemon goes on with the configuration that it had: mend it, then suprsync reload (or SIGHUP) again",
                why.text()));
        const bool was_read = why.code != failure_code::place;
        co_return reload_answer{was_read ? outcome::refused : outcome::failed, {why.text()}};
    }
    daemon_->conditions().clear(condition_kind::configuration_not_reloaded, "");
    tell_of_options(*wanted);
    auto lines = changes->lines();
    if (changes->none()) lines.emplace_back("nothing has changed");
    for (const auto& line : lines) spdlog::info("{} was read again: {}", options_.file, line);
    options_.daemon.shutdown_grace = wanted->daemon.shutdown_grace;
    ocs_client_->set(ocs_configuration_of(wanted->daemon));
    spdlog::set_level(wanted->logging.level);
    co_return reload_answer{outcome::taken, std::move(lines)};
}

result<configuration_changes> running_daemon::take_over(const daemon_configuration& wanted) {
    const bool elsewhere = wanted.http_listen != options_.daemon.http_listen;
    return elsewhere ? take_over_elsewhere(wanted) : daemon_->reload(wanted);
}

}  // namespace suprsync

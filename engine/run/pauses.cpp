// What keeps an archive from new work until somebody says otherwise.
#include <utility>

#include "engine/report/log.hpp"
#include "engine/run/daemon.hpp"

namespace asio = boost::asio;

namespace suprsync {

asio::awaitable<result<void>> daemon::set_paused(std::string archive, bool paused) {
    const std::string operation = paused ? "pause" : "resume";
    if (!serves(archive)) co_return not_served(operation, archive);
    if (auto why = cannot(operation, "archive '" + archive + "'")) co_return *why;
    auto kept = co_await catalog_.set_paused(archive, paused, paused ? "by request" : "");
    if (!kept) {
        raise_failed_change(kept.error());
        co_return kept.error();
    }
    // A reload may have taken it away meanwhile.
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) co_return not_served(operation, archive);
    if (paused) {
        if (!place->context.paused) log::info({.archive = archive}, "is paused by request");
        place->context.pause();
        place->context.paused_for_base = false;
        place->context.raise_paused("by request");
        place->context.wake_all();
        // What could not be stopped any more ends before the answer; the archive may be gone by then.
        co_await environment_.removals.archive_settled(archive);
    } else {
        place->worker.resume();
        log::info({.archive = archive}, "is resumed by request");
    }
    co_return result<void>{};
}

result<void> daemon::set_ocs_stopped(const std::string& archive, bool stopped) {
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) return not_served(stopped ? "stop" : "start", archive);
    auto& context = place->context;
    if (std::exchange(context.ocs_stopped, stopped) == stopped) return {};
    if (stopped) {
        environment_.removals.withdraw_all();
        context.raise(
            condition_kind::ocs_stopped,
            "stopped over OCS: nothing is copied or deleted until the operation run is started there, or the daemon anew (systemctl restart suprsync)");
        context.wake_all();
    } else {
        context.clear(condition_kind::ocs_stopped);
        place->worker.go_on();
    }
    return {};
}

}  // namespace suprsync

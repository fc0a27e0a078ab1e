// What keeps an archive from new work until somebody says otherwise.
#include <fmt/format.h>

#include <utility>

#include "engine/model/shell_word.hpp"
#include "engine/report/log.hpp"
#include "engine/run/daemon.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// It begins so whatever the person says: what the daemon itself pauses for is told by the beginning of a
// reason.
std::string by_request(const std::string& reason) {
    return reason.empty() ? "by request" : "by request: " + reason;
}

}  // namespace

asio::awaitable<result<void>> daemon::set_paused(std::string archive, bool paused, std::string reason) {
    const std::string operation = paused ? "pause" : "resume";
    if (!serves(archive)) co_return not_served(operation, archive);
    if (auto why = cannot(operation, "archive '" + archive + "'")) co_return *why;
    auto kept = co_await catalog_.set_paused(archive, paused, paused ? by_request(reason) : "");
    if (!kept) {
        raise_failed_change(kept.error());
        co_return kept.error();
    }
    // A reload may have taken it away meanwhile.
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) co_return not_served(operation, archive);
    if (paused) {
        if (!place->context.paused || place->context.pause_reason != by_request(reason))
            log::info({.archive = archive}, "is paused {}", by_request(reason));
        place->context.pause();
        place->context.paused_for_base = false;
        place->context.raise_paused(by_request(reason));
        place->context.wake_all();
        // What could not be stopped any more ends before the answer; the archive may be gone by then.
        co_await environment_.removals.archive_settled(archive);
    } else {
        place->worker.resume();
        log::info({.archive = archive}, "is resumed by request");
    }
    co_return result<void>{};
}

result<void> daemon::try_now(const std::string& archive) {
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) return not_served("try", archive);
    if (auto why = cannot("try", "archive '" + archive + "'")) return *why;
    auto& context = place->context;
    const auto rests = [&](const std::string& detail) {
        return failure{failure_code::conflict, "try", "archive '" + archive + "'", detail};
    };
    if (context.paused && !context.paused_for_base)
        return rests(fmt::format("it is paused ({}): suprsync resume {}", context.pause_reason,
                                 command_word(archive)));
    if (context.ocs_stopped) return rests("it is stopped over OCS: start its operation run there");
    log::info({.archive = archive}, "its destination is asked at once, by request");
    place->worker.try_now();
    return {};
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

// How a running daemon goes over to the catalog that is at its path now (spec, The catalog that is meant).
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "engine/run/daemon.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double between_attempts = 1;  // s
constexpr double ends_within = 0.1;     // s, looked at so often

}  // namespace

// As at a start: what was known of files is of another catalog, so every archive begins anew.
asio::awaitable<void> daemon::take_up_catalog(failure why) {
    conditions_.raise(condition_kind::catalog_replaced, "", why.text());
    not_ready_because_ = why.text();
    ready_ = false;
    catalog_is_open_ = false;
    if (!restart_archives()) {
        co_await start_wake_.wait_for(clock_, between_attempts);
        co_return;
    }
    const auto is_ending = [](const served_archive& s) { return s.leaving; };
    while (!stopping_ && std::any_of(archives_.begin(), archives_.end(), is_ending))
        co_await start_wake_.wait_for(clock_, ends_within);
    if (!co_await prepare() || stopping_) co_return;
    spdlog::info("the catalog {} is taken up as it is now", configuration_.db_path);
    environment_.clock_watch.catalog_changed();
    co_await environment_.clock_watch.check();
    catalog_is_open_ = true;
    ready_ = true;
    tasks_.spawn(history_keeper_.count_deletable());
}

// What they send is ended at once: nothing of it could be recorded, and it is kept for resumption. False
// where they cannot begin anew yet.
bool daemon::restart_archives() {
    std::map<std::string, std::unique_ptr<transport>> ways;
    try {
        for (const auto& s : archives_)
            if (!s.leaving) ways[s.context.config.name] = make_transport_(s.context.config);
    } catch (const failure_error& e) {
        not_ready_because_ = e.why().text();
        return false;
    }
    for (auto& s : archives_) {
        if (!s.leaving) {
            s.next_config = s.context.config;
            s.next_way = std::move(ways[s.context.config.name]);
        }
        leave(s);
        s.way->stop();
        conditions_.clear_archive(s.context.config.name);
    }
    return true;
}

asio::awaitable<void> daemon::reopen_catalog(failure why) {
    const auto reopened = co_await catalog_.reopen();
    if (reopened || reopened.error().code == failure_code::stopped) co_return;
    not_ready_because_ = reopened.error().text();
    conditions_.raise(
        condition_kind::catalog_replaced, "",
        fmt::format(
            "{}; nothing is registered, copied or deleted until a catalog can be opened there: {}; put it back, or restart the daemon to begin a new one",
            why.text(), reopened.error().text()));
    co_await start_wake_.wait_for(clock_, between_attempts);
}

}  // namespace suprsync

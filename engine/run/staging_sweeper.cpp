#include "engine/run/staging_sweeper.hpp"
#include "engine/report/log.hpp"

#include <string>

namespace asio = boost::asio;

namespace suprsync {

namespace {

std::vector<std::string> remote_paths_of(const std::vector<staged_file>& files) {
    std::vector<std::string> paths;
    for (const auto& file : files) paths.push_back(file.remote_path);
    return paths;
}

}  // namespace

asio::awaitable<void> staging_sweeper::adopt_leftovers(std::vector<staged_file> found) {
    auto awaited =
        co_await archive_.environment.catalog.awaited(archive_.config.name, remote_paths_of(found));
    if (!awaited) co_return;
    auto foreign = slots_.adopt(found, *awaited);
    if (foreign.empty()) co_return;
    log::info({.archive = archive_.config.name},
              "{} leftovers that nothing waits for are removed from staging", foreign.size());
    co_await sweep(std::move(foreign));
}

asio::awaitable<void> staging_sweeper::sweep_unawaited() {
    const auto resting = slots_.resting();
    auto awaited =
        co_await archive_.environment.catalog.awaited(archive_.config.name, remote_paths_of(resting));
    if (!awaited) co_return;
    std::vector<staged_file> foreign;
    for (std::size_t i = 0; i < resting.size(); ++i) {
        const auto& path = resting[i].remote_path;
        const auto slot = slots_.slot_of(path);
        if ((*awaited)[i] || !slot || slots_.in_flight(path)) continue;
        foreign.push_back({*slot, path, 0});
        slots_.gone(path);
    }
    if (foreign.empty()) co_return;
    auto swept = co_await archive_.transport.sweep(std::move(foreign));
    if (!swept && archive_.on_connection_error) archive_.on_connection_error(swept.error());
}

asio::awaitable<void> staging_sweeper::make_room() {
    auto parts = slots_.resting();
    auto work =
        co_await archive_.environment.catalog.load_work({archive_.config.name, archive_.now(), 1, {}});
    const std::string next =
        work && !work->items.empty() ? work->items.front().row.remote_path : std::string();
    std::erase_if(parts, [&](const staged_file& file) { return file.remote_path == next; });
    if (parts.empty()) co_return;
    for (const auto& file : parts) slots_.gone(file.remote_path);
    log::info({.archive = archive_.config.name},
              "the destination has no space: {} partial files make room for {}", parts.size(), next);
    co_await sweep(std::move(parts));
}

asio::awaitable<void> staging_sweeper::sweep(std::vector<staged_file> files) {
    auto swept = co_await archive_.transport.sweep(std::move(files));
    if (!swept)
        log::tell<messages::leftovers_not_removed>({.archive = archive_.config.name}, swept.error().text());
}

}  // namespace suprsync

#include "engine/report/conditions.hpp"

#include <fmt/format.h>

#include "engine/report/log.hpp"

namespace suprsync {

namespace {

std::string where(const std::string& archive) { return archive.empty() ? "" : fmt::format(" [{}]", archive); }

}  // namespace

condition_board::condition_board(std::function<epoch_seconds()> now) : now_(std::move(now)) {}

void condition_board::raise(const std::string& kind, const std::string& archive, const std::string& message) {
    auto [place, begins] = raised_.try_emplace({kind, archive});
    auto& raised = place->second;
    if (begins) {
        raised = {kind, archive, message, now_(), 0};
        log::record(spdlog::level::warn, {.archive = archive, .kind = kind},
                    fmt::format("condition {}{}: {}", kind, where(archive), message));
    }
    raised.message = message;
    ++raised.count;
    if (begins && on_change) on_change(raised, true);
}

void condition_board::end(conditions::iterator place) {
    const auto over = std::move(place->second);
    log::record(spdlog::level::info, {.archive = over.archive, .kind = over.kind},
                fmt::format("condition {}{} is over, after {:.1f} s", over.kind, where(over.archive),
                            now_() - over.since));
    raised_.erase(place);
    if (on_change) on_change(over, false);
}

void condition_board::clear_archive(const std::string& archive) {
    for (const auto& raised : list())
        if (raised.archive == archive) clear(raised.kind, archive);
}

bool condition_board::is_raised(const std::string& kind, const std::string& archive) const {
    return raised_.contains({kind, archive});
}

std::vector<condition> condition_board::list() const {
    std::vector<condition> all;
    for (const auto& [key, raised] : raised_) all.push_back(raised);
    return all;
}

}  // namespace suprsync

// Days that somebody removed at the destination: what the deleter records and tells of them (spec, Days that
// are removed there).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/run/deleter.hpp"

namespace asio = boost::asio;

namespace suprsync {

// What was said of a day while its files were proved holds for them, too.
asio::awaitable<void> deleter::reload_decided_days(std::list<guarded_file>& files) {
    std::vector<guarded_file*> waiting;
    for (auto& g : files)
        if (g.decision.step == deletion_step::day_removed && g.facts.item.day && g.facts.item.day->waits())
            waiting.push_back(&g);
    if (waiting.empty()) co_return;
    co_await tell_removed_days();
    for (auto* g : waiting)
        if (std::find(days_told_.begin(), days_told_.end(), *g->facts.item.day) == days_told_.end())
            g->reload_later("somebody said what is right with its day");
}

// Days that are gone there wait for a person, and those of which a copy is there again do not.
asio::awaitable<void> deleter::record_removed_days(const std::list<guarded_file>& files) {
    std::set<int> gone, back;
    for (const auto& g : files) {
        const auto timecode = timecode_of(g.facts.item.row.remote_path);
        const bool waits = g.facts.item.day && g.facts.item.day->waits();
        if (!timecode) continue;
        if (g.decision.step == deletion_step::day_removed && !waits) gone.insert(*timecode);
        const bool stands = g.facts.day_stands.value_or(g.facts.remote && g.facts.remote->size);
        if (waits && stands) back.insert(*timecode);
    }
    auto& catalog = archive_.environment.catalog;
    const auto& name = archive_.config.name;
    if (!gone.empty())
        archive_.catalog_answered(
            "record_removed_days",
            co_await catalog.record_removed_days(name, {gone.begin(), gone.end()}, archive_.now()));
    if (!back.empty())
        archive_.catalog_answered("forget_removed_days",
                                  co_await catalog.forget_removed_days(name, {back.begin(), back.end()}));
    if (!gone.empty() || !back.empty()) co_await tell_removed_days();
}

asio::awaitable<void> deleter::tell_removed_days() {
    const auto& name = archive_.config.name;
    const auto days = co_await archive_.environment.catalog.removed_days(name);
    if (!archive_.catalog_answered("removed_days", days) || days_told_ == *days) co_return;
    days_told_ = *days;
    if (days->empty()) co_return archive_.clear(condition_kind::day_removed);
    const auto first = timecode_directory(days->front().timecode);
    archive_.raise(
        condition_kind::day_removed,
        fmt::format(
            "{} no longer at {}, the first one {}: somebody removed it there. Its files, which were verified, are neither sent again nor deleted here until you say what is right: suprsync accept-removal {} {} (they are deleted here, too, when they are due), or suprsync retry {} --prefix {}/ (they are sent again)",
            days->size() == 1 ? "1 directory of a timecode is"
                              : fmt::format("{} directories of timecodes are", days->size()),
            archive_.transport.name(), first, name, first, name, first));
}

}  // namespace suprsync

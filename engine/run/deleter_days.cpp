// Days that somebody removed at the destination: what the deleter records and tells of them (spec, Days that
// are removed there).
#include <algorithm>
#include <set>

#include "engine/run/deleter.hpp"
#include "engine/run/removed_days_condition.hpp"

namespace asio = boost::asio;

namespace suprsync {

// What was said of a day while its files were proved holds for them, too.
asio::awaitable<void> deleter::reload_decided_days(std::list<guarded_file>& files) {
    std::vector<guarded_file*> waiting;
    for (auto& g : files)
        if (g.decision.step == deletion_step::day_removed && g.facts.item.day && g.facts.item.day->waits())
            waiting.push_back(&g);
    if (waiting.empty()) co_return;
    co_await tell_removed_days(archive_);
    for (auto* g : waiting)
        if (std::find(archive_.days_told.begin(), archive_.days_told.end(), *g->facts.item.day) ==
            archive_.days_told.end())
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
    if (!gone.empty() || !back.empty()) co_await tell_removed_days(archive_);
}

}  // namespace suprsync

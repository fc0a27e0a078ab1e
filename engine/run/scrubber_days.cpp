// Days that somebody removed at the destination, as the check of copies meets them (spec, Days that are
// removed there).
#include <set>

#include "engine/rules/removed_days.hpp"
#include "engine/run/removed_days_condition.hpp"
#include "engine/run/scrubber.hpp"

namespace asio = boost::asio;

namespace suprsync {

// Where copies have vanished, whether the directory of their timecode is there; one of which a copy is there
// again does not wait for a word any more. The days that wait for one.
asio::awaitable<std::set<int>> scrubber::ask_days(std::vector<checked_copy> checked) {
    std::set<int> missed, back, waiting;
    for (const auto& [copy, finding, reason] : checked) {
        const auto timecode = timecode_of(copy.file.row.remote_path);
        if (!timecode) continue;
        const bool waits = copy.day && copy.day->waits();
        if (waits) waiting.insert(*timecode);
        if (finding == copy_finding::vanished && !waits &&
            judge_removed_copy(copy.file.row, copy.day) == removal_choice::none)
            missed.insert(*timecode);
        if (finding == copy_finding::fine && waits) back.insert(*timecode);
    }
    for (const auto timecode : back) waiting.erase(timecode);
    const auto& name = archive_.config.name;
    auto& catalog = archive_.environment.catalog;
    if (!back.empty())
        archive_.catalog_answered("forget_removed_days",
                                  co_await catalog.forget_removed_days(name, {back.begin(), back.end()}));
    const auto gone = co_await gone_there({missed.begin(), missed.end()});
    if (!gone.empty() &&
        archive_.catalog_answered("record_removed_days",
                                  co_await catalog.record_removed_days(name, gone, archive_.now())))
        waiting.insert(gone.begin(), gone.end());
    if (!gone.empty() || !back.empty()) co_await tell_removed_days(archive_);
    co_return waiting;
}

// Of these days, those of which the directory is not there.
asio::awaitable<std::vector<int>> scrubber::gone_there(std::vector<int> days) {
    std::vector<int> gone;
    if (days.empty()) co_return gone;
    stat_request request;
    for (const auto timecode : days) request.remote_paths.push_back(timecode_directory(timecode));
    const auto report = co_await archive_.transport.stat(std::move(request));
    if (!report.end.finished()) co_return gone;
    for (std::size_t i = 0; i < days.size(); ++i) {
        const auto& answer = report.answers.at(i);
        if (answer.answered && !answer.object) gone.push_back(days[i]);
    }
    co_return gone;
}

}  // namespace suprsync

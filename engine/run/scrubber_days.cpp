// Days that somebody removed at the destination, as the check of copies meets them (spec, Days that are
// removed there).
#include <set>

#include "engine/rules/removed_days.hpp"
#include "engine/run/scrubber.hpp"

namespace asio = boost::asio;

namespace suprsync {

// Where copies have vanished, whether the directory of their timecode is there; one of which a copy is there
// again does not wait for a word any more.
asio::awaitable<void> scrubber::ask_days(const std::vector<checked_copy>& checked) {
    std::set<int> missed, back;
    for (const auto& [copy, finding, reason] : checked) {
        const auto timecode = timecode_of(copy.file.row.remote_path);
        if (!timecode) continue;
        const bool waits = copy.day && copy.day->waits();
        if (finding == copy_finding::vanished && !waits &&
            judge_removed_copy(copy.file.row, copy.day) == removal_choice::none)
            missed.insert(*timecode);
        if (finding == copy_finding::fine && waits) back.insert(*timecode);
    }
    const auto& name = archive_.config.name;
    auto& catalog = archive_.environment.catalog;
    if (!back.empty())
        archive_.catalog_answered("forget_removed_days",
                                  co_await catalog.forget_removed_days(name, {back.begin(), back.end()}));
    if (missed.empty()) co_return;
    stat_request request;
    for (const auto timecode : missed) request.remote_paths.push_back(timecode_directory(timecode));
    const auto report = co_await archive_.transport.stat(std::move(request));
    if (!report.end.finished()) co_return;
    std::vector<int> gone;
    std::size_t i = 0;
    for (const auto timecode : missed) {
        const auto& answer = report.answers.at(i++);
        if (answer.answered && !answer.object) gone.push_back(timecode);
    }
    if (!gone.empty())
        archive_.catalog_answered("record_removed_days", co_await catalog.record_removed_days(
                                                             name, std::move(gone), archive_.now()));
}

}  // namespace suprsync

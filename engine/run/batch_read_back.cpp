#include <algorithm>

#include "engine/run/batch_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

asio::awaitable<void> judge_all(batch_state& state, attempt_list which) {
    co_await state.stat_again(which);
    attempt_list unhashed;
    for (auto* a : which) {
        a->facts.now = state.archive.now();
        a->judged = judge(a->facts);
        if (a->judged.decision == verdict::need_hash && !a->facts.local_md5) unhashed.push_back(a);
    }
    if (!unhashed.empty()) {
        co_await state.hash(unhashed);
        co_await state.stat_again(unhashed);
        for (auto* a : unhashed)
            a->judged = a->facts.local_md5 || a->facts.local_problem ? judge(a->facts) : judgement{};
    }
    const bool cut_short = state.result.error.has_value();
    for (auto* a : which) {
        // An incomplete copy differs of course.
        if (a->judged.decision == verdict::mismatch && a->blamed)
            a->judged = {verdict::missing, *a->facts.complaint, a->judged.expected};
        else if (a->judged.decision == verdict::mismatch && cut_short)
            a->judged = {};
        if (a->judged.decision == verdict::publish || a->judged.decision == verdict::no_answer ||
            a->judged.decision == verdict::need_hash)
            continue;
        if (a->judged.decision == verdict::not_a_copy) {
            state.find_original(*a);
            continue;
        }
        auto outcome = outcome_of(a->judged, a->facts);
        if (outcome.remote_md5sum) outcome.copied = state.transferred_at;
        a->settle(std::move(outcome));
    }
}

}  // namespace

asio::awaitable<void> read_back(batch_state& state) {
    const auto open = state.open();
    if (open.empty() || state.mode_changed()) co_return;
    auto& error = state.result.error;
    const bool connected = !error;
    // An rsync that gives up (a write that fails) names the file that it failed on.
    const bool gave_up = error && error->code == failure_code::io;
    digest_request request;
    if (!state.direct) request.slot = state.work.slot;
    for (const auto* a : open) {
        request.remote_paths.push_back(a->facts.row.remote_path);
        request.bytes += a->facts.before.size;
    }
    auto report = co_await state.ask_digests(std::move(request));
    const auto answered = [](const auto& md5) { return md5.has_value(); };
    state.take_end(report.end, std::any_of(report.md5.begin(), report.md5.end(), answered));
    for (std::size_t i = 0; i < open.size(); ++i) {
        auto& facts = open[i]->facts;
        const bool blamed = gave_up && report.end.finished() && facts.complaint;
        if (i < report.md5.size()) facts.remote_md5 = report.md5[i];
        if (i < report.objects.size()) facts.there = report.objects[i];
        if (i < report.complaints.size() && !facts.complaint) facts.complaint = report.complaints[i];
        // After a transfer that was cut short, a file that is not there or not complete is simply not sent
        // yet.
        facts.destination_answered = report.end.finished() && (connected || blamed);
        open[i]->blamed = blamed;
    }
    co_await judge_all(state, open);
    // Then it was that file's failure, and the others go on.
    if (std::any_of(open.begin(), open.end(), [](const attempt* a) { return a->blamed && a->settled; }))
        error.reset();
}

}  // namespace suprsync

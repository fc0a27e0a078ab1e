#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/run/batch_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// What stands there is what this catalog wrote for this row or for its earlier version. rsync's temporary
// names keep a transfer that was cut short from leaving anything else.
bool is_ours(const batch_state& state, const attempt& a) {
    return a.file.supersedes_md5 == a.facts.remote_md5 || a.facts.row.remote_md5sum == a.facts.remote_md5 ||
           state.archive.begun_directly.contains(a.facts.row.id);
}

// Without staging nothing keeps rsync from writing over a file that is not ours: what is not known to be ours
// is left alone. True where that is so.
bool keep_off(const batch_state& state, attempt& a, const std::string& what) {
    if (!state.direct) return false;
    a.facts.remote_md5.reset();
    const judgement foreign{
        verdict::missing,
        fmt::format(
            "a file that is not known to be ours may stand at {} ({}), and without staging it would be lost: move it away there, or set remote_staging_dir",
            a.facts.row.remote_path, what),
        {}};
    a.facts.now = state.archive.now();
    a.settle(outcome_of(foreign, a.facts));
    return true;
}

// Files of which something stands at the destination that may be the right content, and its bytes.
struct present_files {
    attempt_list files;
    std::uint64_t bytes = 0;
};

asio::awaitable<present_files> find_present(batch_state& state) {
    attempt_list asked;
    present_files present;
    stat_request request;
    for (auto* a : state.open())
        if (state.ask_first.contains(a->facts.row.id)) {
            asked.push_back(a);
            request.remote_paths.push_back(a->facts.row.remote_path);
        }
    if (asked.empty() || state.mode_changed()) co_return present;
    state.flight.enter(flight_stage::verifying);
    auto report = co_await state.archive.transport.stat(std::move(request));
    state.take_end(report.end);
    for (std::size_t i = 0; i < asked.size() && i < report.answers.size(); ++i) {
        const auto& answer = report.answers[i];
        if (answer.listed_as) {
            state.refuse_name(*asked[i], *answer.listed_as);
            continue;
        }
        if (!answer.answered) {
            if (!state.result.error)
                keep_off(state, *asked[i], "the destination did not say what stands there");
            continue;
        }
        if (is_the_local_file(asked[i]->facts.before, answer.object)) {
            state.find_original(*asked[i]);
            continue;
        }
        state.result.asked.push_back(asked[i]->facts.row.id);
        if (!answer.size) continue;
        if (*answer.size != asked[i]->facts.before.size && !state.direct) continue;
        present.files.push_back(asked[i]);
        present.bytes += *answer.size;
    }
    co_return present;
}

// Of these, the ones whose sum the destination tells.
asio::awaitable<attempt_list> ask_sums(batch_state& state, attempt_list present, std::uint64_t bytes) {
    digest_request request;
    for (const auto* a : present) request.remote_paths.push_back(a->facts.row.remote_path);
    request.bytes = bytes;
    auto sums = co_await state.ask_digests(std::move(request));
    state.take_end(sums.end);
    for (std::size_t i = 0; i < present.size() && i < sums.md5.size(); ++i) {
        present[i]->facts.remote_md5 = sums.md5[i];
        if (sums.md5[i] || state.result.error) continue;
        const auto& complaints = sums.complaints;
        keep_off(state, *present[i],
                 i < complaints.size() && complaints[i] ? *complaints[i] : "it cannot be read");
    }
    std::erase_if(present, [](const attempt* a) { return !a->facts.remote_md5; });
    co_return present;
}

}  // namespace

asio::awaitable<void> ask_destination(batch_state& state) {
    auto present = co_await find_present(state);
    if (present.files.empty() || state.result.error) co_return;
    const auto known = co_await ask_sums(state, std::move(present.files), present.bytes);
    attempt_list unhashed;
    std::copy_if(known.begin(), known.end(), std::back_inserter(unhashed),
                 [](const attempt* a) { return must_hash(a->facts.row, a->facts.before); });
    co_await state.hash(unhashed);
    co_await state.stat_again(known);
    for (auto* a : known) {
        a->facts.destination_answered = true;
        a->facts.now = state.archive.now();
        const auto judged = judge(a->facts);
        if (judged.decision == verdict::publish) {
            a->judged = judged;
            a->settle(verified_outcome(a->facts, judged, a->facts.row.copied.value_or(a->facts.now)));
            state.result.done.push_back(a->facts.row.remote_path);
        } else if (!is_ours(state, *a) &&
                   keep_off(state, *a, fmt::format("another file, MD5 {}", *a->facts.remote_md5))) {
            continue;
        } else {
            // What was learnt of the published file says nothing of the one to be staged.
            a->facts.remote_md5.reset();
            a->facts.destination_answered = false;
            a->facts.after.reset();
        }
    }
}

}  // namespace suprsync

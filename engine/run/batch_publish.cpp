#include <algorithm>

#include "engine/rules/batch_pace.hpp"
#include "engine/run/batch_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::uint64_t most_read_twice = batch_pace::most_bytes;

bool any_known(const publish_report& report) {
    return std::any_of(report.outcomes.begin(), report.outcomes.end(), [](publish_outcome o) {
        return o != publish_outcome::unknown && o != publish_outcome::unverified;
    });
}

std::vector<publish_item> publish_items(const attempt_list& which) {
    std::vector<publish_item> items;
    for (const auto* a : which)
        items.push_back({a->facts.row.id, a->facts.row.remote_path, a->judged.expected,
                         a->file.supersedes_md5, a->facts.before.size, *a->facts.after});
    return items;
}

// Asks the catalog once more before anything becomes visible. Returns those that are still wanted; the others
// are left alone, and so are all where the catalog does not answer.
asio::awaitable<attempt_list> still_wanted(batch_state& state, attempt_list which) {
    if (which.empty()) co_return which;
    std::vector<file_row> rows;
    for (const auto* a : which) rows.push_back(a->facts.row);
    auto wanted = co_await state.archive.environment.catalog.still_wanted(std::move(rows));
    const bool answered = state.archive.catalog_answered("still_wanted", wanted);
    if (!answered && !state.result.error) state.result.error = wanted.error();
    attempt_list kept;
    for (std::size_t i = 0; i < which.size(); ++i) {
        if (answered && (*wanted)[i])
            kept.push_back(which[i]);
        else
            which[i]->settled = true;
    }
    co_return kept;
}

void take_outcomes(batch_state& state, const attempt_list& sent, const publish_report& report) {
    for (std::size_t i = 0; i < sent.size(); ++i)
        state.take_published(*sent[i],
                             i < report.outcomes.size() ? report.outcomes[i] : publish_outcome::unknown,
                             i < report.details.size() ? report.details[i] : std::string(),
                             i < report.objects.size() ? report.objects[i] : std::nullopt);
}

// Files that are right as far as this side can tell: with the right sum there they would be published.
attempt_list hopeful(const batch_state& state, const attempt_list& open) {
    attempt_list ready;
    for (auto* a : open) {
        if (a->facts.complaint) continue;
        auto hoped_for = a->facts;
        hoped_for.now = state.archive.now();
        hoped_for.destination_answered = true;
        hoped_for.remote_md5 = hoped_for.local_md5.value_or(hoped_for.row.local_md5sum);
        a->judged = judge(hoped_for);
        if (a->judged.decision == verdict::publish) ready.push_back(a);
    }
    return ready;
}

}  // namespace

asio::awaitable<void> deliver(batch_state& state) {
    // What is read from the disk is synced first, and then asked for by itself.
    if (state.from_disk()) co_return;
    if (state.direct || state.work.mode != stage_mode::resume) co_return;
    const auto open = state.open();
    if (open.empty() || state.mode_changed()) co_return;
    // Where one turns out wrong, all are read there a second time.
    if (state.work.bytes > most_read_twice && open.size() > 1) co_return;
    co_await state.stat_again(open);
    const auto ready = co_await still_wanted(state, hopeful(state, open));
    if (ready.empty() || state.mode_changed()) co_return;
    std::uint64_t bytes = 0;
    for (const auto* a : ready) bytes += a->facts.before.size;
    const auto begun = state.archive.environment.clock.steady_now();
    state.flight.enter(flight_stage::verifying);
    auto report = co_await state.archive.transport.deliver(state.work.slot, publish_items(ready), bytes);
    const bool could = std::any_of(report.outcomes.begin(), report.outcomes.end(),
                                   [](auto outcome) { return outcome != publish_outcome::unverified; });
    if (could) state.archive.instruments.verifications.observe(state.seconds_since(begun));
    state.take_end(report.end, any_known(report));
    // The identity that is kept is the one after the sums were compared (spec, Deleting, 2).
    co_await state.stat_again(ready);
    for (std::size_t i = 0; i < ready.size(); ++i) {
        auto& facts = ready[i]->facts;
        facts.now = state.archive.now();
        if (i >= report.outcomes.size() || report.outcomes[i] == publish_outcome::unverified) continue;
        facts.destination_answered = true;
        facts.remote_md5 = ready[i]->judged.expected;
    }
    take_outcomes(state, ready, report);
}

asio::awaitable<void> publish(batch_state& state) {
    attempt_list judged;
    for (auto* a : state.open())
        if (a->judged.decision == verdict::publish) judged.push_back(a);
    if (judged.empty() || state.mode_changed()) co_return;
    const auto ready = co_await still_wanted(state, std::move(judged));
    if (ready.empty() || state.mode_changed()) co_return;
    state.flight.enter(flight_stage::publishing);
    auto report = co_await state.archive.transport.publish(state.work.slot, publish_items(ready));
    state.take_end(report.end, any_known(report));
    take_outcomes(state, ready, report);
}

}  // namespace suprsync

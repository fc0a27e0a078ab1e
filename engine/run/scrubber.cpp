#include "engine/run/scrubber.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/model/option_words.hpp"
#include "engine/report/log.hpp"
#include "engine/rules/delete_guard.hpp"
#include "engine/rules/removed_days.hpp"
#include "engine/run/lost_copies.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double yields_for = 60;       // s, where nobody wakes it
constexpr double error_waits_for = 60;  // s, after an error
constexpr double kept_every = 60;       // s: so much is asked for twice after a crash
constexpr std::uint64_t bytes_of_a_seek = 100'000;

}  // namespace

asio::awaitable<void> scrubber::run() {
    while (!archive_.stopping) {
        const double wait = co_await step();
        if (wait > 0) co_await archive_.scrub_wake.wait_for(archive_.environment.clock, wait);
    }
    if (unkept_) co_await keep_state(true);
}

// Returns the seconds until it is worth looking again without being woken.
asio::awaitable<double> scrubber::step() {
    if (!state_ && !co_await recall()) co_return error_waits_for;
    co_await take_in_bad_copies();
    if (!may_scrub(surroundings())) co_return yields_for;
    const std::chrono::duration<double> rest = rests_until_ - archive_.environment.clock.steady_now();
    if (rest.count() > 0) co_return rest.count();
    const auto now = archive_.now();
    double wait = asked_again_after;
    if (!bad_.empty()) {
        if (is_over(ask_again_at_, now, asked_again_after)) co_return co_await ask_again();
        wait = std::min(wait, ask_again_at_ - now);
    }
    if (!archive_.config.scrub_every) co_return wait;
    const double until = until_next_round(*state_, *archive_.config.scrub_every, now);
    if (until > 0) co_return std::min(wait, until);
    co_return co_await go_on_with_round();
}

asio::awaitable<bool> scrubber::recall() {
    const auto memory = co_await archive_.environment.catalog.recall_scrub(archive_.config.name);
    if (!archive_.catalog_answered("recall_scrub", memory)) co_return false;
    state_ = memory->state;
    archive_.oldest_check = oldest_check(*state_);
    co_return true;
}

scrub_surroundings scrubber::surroundings() const {
    return {archive_.rests(),
            archive_.connection.at(archive_.now()) == connection_state::phase::up,
            archive_.files_in_flight > 0,
            archive_.deleting,
            archive_.environment.conditions.is_raised(condition_kind::copies_unproved, archive_.config.name),
            archive_.environment.once};
}

double scrubber::rate() const { return bytes_of_rate(archive_.config.scrub_rate).value_or(0); }

// A small file costs the disk there a seek, too.
void scrubber::rest(std::uint64_t bytes, std::size_t files, double elapsed) {
    const auto most = rate() > 0 ? std::optional(rate()) : std::nullopt;
    const std::chrono::duration<double> wait(rest_after(most, bytes + files * bytes_of_a_seek, elapsed));
    rests_until_ = archive_.environment.clock.steady_now() +
                   std::chrono::duration_cast<std::chrono::steady_clock::duration>(wait);
}

// Somebody may have sent them again, ignored them, or said that they were removed on purpose.
asio::awaitable<void> scrubber::take_in_bad_copies() {
    const bool may_be_mended = !bad_.empty() && changes_seen_ != archive_.changes;
    if (!archive_.bad_copies_changed && !may_be_mended) co_return;
    changes_seen_ = archive_.changes;
    archive_.bad_copies_changed = false;
    auto bad = co_await archive_.environment.catalog.bad_copies(archive_.config.name);
    if (!archive_.catalog_answered("bad_copies", bad)) {
        archive_.bad_copies_changed = true;
        co_return;
    }
    if (bad_.empty() && !bad->empty()) ask_again_at_ = archive_.now() + asked_again_after;
    // What somebody wants sent again is asked for at once.
    if (std::any_of(bad->begin(), bad->end(), [](const bad_copy& one) {
            return judge_removed_copy(one.copy.file.row, one.copy.day) == removal_choice::send_again &&
                   one.copy.day->chosen_at > one.found_at;
        }))
        asked_again_to_ = 0, ask_again_at_ = 0;
    bad_ = std::move(*bad);
    archive_.tell_checked_copies(
        bad_.empty() ? "" : tell_bad_copies(archive_.config.name, archive_.transport.name(), bad_));
}

asio::awaitable<double> scrubber::go_on_with_round() {
    auto& catalog = archive_.environment.catalog;
    if (state_->over) {
        const auto memory = co_await catalog.recall_scrub(archive_.config.name);
        if (!archive_.catalog_answered("recall_scrub", memory)) co_return error_waits_for;
        state_ = begin_round(*state_, memory->newest, archive_.now());
        co_await keep_state(true);
    }
    const auto portion =
        less_.value_or(portion_at(rate() > 0 ? std::optional(rate()) : std::nullopt, check_depth::content));
    copy_query query;
    query.archive = archive_.config.name;
    query.after = state_->reached;
    query.last = state_->last;
    query.limit = portion.files;
    query.bytes = portion.bytes;
    auto page = co_await catalog.load_copies(std::move(query));
    if (!archive_.catalog_answered("load_copies", page)) co_return error_waits_for;
    const bool asked = page->copies.empty() || co_await ask(std::move(page->copies));
    if (!asked) co_return less_ ? 0 : error_waits_for;
    state_ = suprsync::go_on(*state_, page->scanned_to, page->over);
    archive_.oldest_check = oldest_check(*state_);
    unkept_ = true;
    co_await keep_state(state_->over);
    if (state_->over)
        log::info({.archive = archive_.config.name},
                  "every copy was asked for again, in {:.0f} s; {} not as it was verified",
                  archive_.now() - state_->begun, bad_.size());
    co_return 0;
}

asio::awaitable<void> scrubber::keep_state(bool at_once) {
    if (!at_once && !is_over(kept_at_ + kept_every, archive_.now(), kept_every)) co_return;
    kept_at_ = archive_.now();
    const auto kept = co_await archive_.environment.catalog.record_scrub(archive_.config.name, *state_);
    unkept_ = !archive_.catalog_answered("record_scrub", kept);
}

// Those that are on record, a portion after the other.
asio::awaitable<double> scrubber::ask_again() {
    const auto portion =
        less_.value_or(portion_at(rate() > 0 ? std::optional(rate()) : std::nullopt, check_depth::content));
    std::vector<kept_copy> copies;
    std::uint64_t bytes = 0;
    for (const auto& bad : bad_) {
        if (bad.copy.file.row.id <= asked_again_to_) continue;
        if (copies.size() >= portion.files || (bytes >= portion.bytes && !copies.empty())) break;
        bytes += bad.copy.file.bytes.value_or(likely_bytes_of_unknown);
        copies.push_back(bad.copy);
    }
    if (copies.empty()) {
        asked_again_to_ = 0;
        ask_again_at_ = archive_.now() + asked_again_after;
        co_return 0;
    }
    const auto last = copies.back().file.row.id;
    if (!co_await ask(std::move(copies))) co_return less_ ? 0 : error_waits_for;
    asked_again_to_ = last;
    co_return 0;
}

// Whether these are done with; otherwise they are asked for again.
asio::awaitable<bool> scrubber::ask(std::vector<kept_copy> copies) {
    const auto files = copies.size();
    const auto begun = archive_.environment.clock.steady_now();
    auto report = co_await archive_.transport.stat(ask_for(copies, check_depth::content));
    const std::chrono::duration<double> elapsed = archive_.environment.clock.steady_now() - begun;
    if (!report.end.finished()) co_return co_await not_answered(std::move(copies), *report.end.error);
    less_.reset();
    auto checked = co_await judge_answers(archive_.environment.catalog, std::move(copies),
                                          std::move(report.answers), check_depth::content);
    if (!archive_.catalog_answered("still_to_be_there", checked)) co_return false;
    rest(checked->bytes, files, elapsed.count());
    co_return co_await perform(std::move(checked->copies));
}

// One file alone that takes too long holds up no other.
asio::awaitable<bool> scrubber::not_answered(std::vector<kept_copy> copies, failure error) {
    rest(0, 0, 0);
    if (!took_too_long(error.code) && error.code != failure_code::io) {
        less_.reset();
        if (archive_.on_connection_error) archive_.on_connection_error(error);
        co_return false;
    }
    check_portion portion{copies.size(), 0};
    for (const auto& copy : copies) portion.bytes += copy.file.bytes.value_or(likely_bytes_of_unknown);
    if (portion.halve()) {
        less_ = portion;
        co_return false;
    }
    less_.reset();
    std::vector<checked_copy> one;
    one.push_back({std::move(copies.front()), copy_finding::unanswered, error.text()});
    co_return co_await perform(std::move(one));
}

asio::awaitable<std::vector<local_file>> scrubber::look_here(const std::vector<checked_copy>& checked) {
    std::vector<local_file> found(checked.size(), local_file::not_known);
    std::vector<std::string> paths;
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < checked.size(); ++i) {
        const auto& row = checked[i].copy.file.row;
        if (row.removed) found[i] = local_file::gone;
        if (row.removed || !is_bad(checked[i].finding)) continue;
        paths.push_back(row.local_path);
        asked.push_back(i);
    }
    if (paths.empty()) co_return found;
    const auto seen = co_await archive_.environment.disk.stat(std::move(paths));
    for (std::size_t n = 0; n < asked.size(); ++n) {
        if (seen[n])
            found[asked[n]] = local_file::here;
        else if (seen[n].error().code == failure_code::not_found)
            found[asked[n]] = local_file::gone;
    }
    co_return found;
}

asio::awaitable<bool> scrubber::perform(std::vector<checked_copy> checked) {
    const auto here = co_await look_here(checked);
    std::vector<deletion_record> lost;
    std::vector<bad_copy> told;
    std::vector<file_id> mended;
    for (std::size_t i = 0; i < checked.size(); ++i) {
        const auto& [copy, finding, reason] = checked[i];
        const auto& row = copy.file.row;
        switch (judge_scrubbed(finding, row, here[i], copy.day)) {
            case scrub_step::none:
                mended.push_back(row.id);
                break;
            case scrub_step::mend: {
                const auto judged = judge_lost_copy(copy.file.vanished, reason);
                deletion_record record;
                record.seen = row;
                record.outcome = judged.step == deletion_step::vanished ? deletion_outcome::vanished
                                                                        : deletion_outcome::lost_again;
                record.error = judged.reason;
                record.at = archive_.now();
                lost.push_back(std::move(record));
                mended.push_back(row.id);
                break;
            }
            case scrub_step::tell:
                told.push_back({copy, std::string(name_of(finding)), reason, archive_.now()});
                break;
        }
    }
    co_await ask_days(checked);
    auto& catalog = archive_.environment.catalog;
    if (!lost.empty()) {
        log_deletions(archive_, lost);
        const auto recorded = co_await catalog.record_deletions(lost);
        if (!archive_.catalog_answered("record_deletions", recorded)) co_return false;
        for (const auto& record : lost) archive_.outcomes.tell_deletion(record);
        archive_.wake_all();
    }
    const bool any_known = std::any_of(mended.begin(), mended.end(), [&](file_id id) {
        return std::any_of(bad_.begin(), bad_.end(),
                           [&](const bad_copy& bad) { return bad.copy.file.row.id == id; });
    });
    if (told.empty() && !any_known) co_return true;
    const auto recorded =
        co_await catalog.record_bad_copies(archive_.config.name, std::move(told), std::move(mended));
    archive_.bad_copies_changed = true;
    co_return archive_.catalog_answered("record_bad_copies", recorded);
}

}  // namespace suprsync

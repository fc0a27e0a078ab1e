#include "engine/run/scrubber.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/model/option_words.hpp"
#include "engine/report/log.hpp"
#include "engine/rules/removed_days.hpp"
#include "engine/run/removed_days_condition.hpp"
#include "engine/run/synced_stat.hpp"

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
    if (archive_.scrub_known && archive_.scrub_unkept) co_await keep_state(true);
}

// Returns the seconds until it is worth looking again without being woken.
asio::awaitable<double> scrubber::step() {
    if (!archive_.scrub_known && !co_await recall()) co_return error_waits_for;
    co_await take_in_bad_copies();
    if (archive_.scrub_unkept) co_await keep_state(false);
    if (scrub_pace_of(surroundings()) == scrub_pace::none) co_return yields_for;
    if (const double rest = pay_off(); rest > 0) co_return rest;
    const auto now = archive_.now();
    double wait = asked_again_after;
    if (!bad_.empty()) {
        if (is_over(ask_again_at_, now, asked_again_after)) co_return co_await ask_again();
        wait = std::min(wait, ask_again_at_ - now);
    }
    if (!archive_.config.scrub_every) co_return wait;
    const double until = until_next_round(archive_.scrub, *archive_.config.scrub_every, now);
    if (until > 0) co_return std::min(wait, until);
    co_return co_await go_on_with_round();
}

asio::awaitable<bool> scrubber::recall() {
    const auto memory = co_await archive_.environment.catalog.recall_scrub(archive_.config.name);
    if (!archive_.catalog_answered("recall_scrub", memory)) co_return false;
    const auto counted = std::exchange(archive_.scrub, memory->state).proven;
    archive_.scrub_known = true;
    archive_.count_proven(counted);
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

// Bytes a second; less beside other work.
std::optional<double> scrubber::rate() const {
    const auto rate = bytes_of_rate(archive_.config.scrub_rate).value_or(0);
    const bool beside_work = scrub_pace_of(surroundings()) == scrub_pace::share;
    if (rate <= 0) return beside_work ? std::optional(share_without_a_rate) : std::nullopt;
    return beside_work ? rate * share_beside_work : rate;
}

check_portion scrubber::portion() const { return less_.value_or(portion_at(rate(), check_depth::content)); }

// Seconds to wait until what was read is no more than the rate allows. Time that has passed counts at the
// rate that held when it began.
double scrubber::pay_off() {
    const auto now = archive_.environment.clock.steady_now();
    const std::chrono::duration<double> passed = now - std::exchange(owed_at_, now);
    owed_ = std::max(0.0, owed_ - passed.count() * paid_off_at_);
    paid_off_at_ = rate().value_or(0);
    if (paid_off_at_ <= 0) owed_ = 0;
    return paid_off_at_ > 0 ? owed_ / paid_off_at_ : 0;
}

bool scrubber::is_on_record(file_id id) const {
    return std::any_of(bad_.begin(), bad_.end(),
                       [&](const bad_copy& bad) { return bad.copy.file.row.id == id; });
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
    archive_.finalize_wake.notify();  // no day is announced while a copy of it is on record
    co_await tell_removed_days(archive_);
    // Of a day that is gone another condition tells, which asks what is right.
    auto told = bad_;
    std::erase_if(told, is_of_removed_day);
    archive_.tell_checked_copies(
        told.empty() ? "" : tell_bad_copies(archive_.config.name, archive_.transport.name(), told));
}

asio::awaitable<double> scrubber::go_on_with_round() {
    auto& catalog = archive_.environment.catalog;
    auto& state = archive_.scrub;
    if (state.over) {
        const auto memory = co_await catalog.recall_scrub(archive_.config.name);
        if (!archive_.catalog_answered("recall_scrub", memory)) co_return error_waits_for;
        state = begin_round(state, memory->newest, archive_.now());
        co_await keep_state(true);
    }
    const auto asked_for = portion();
    copy_query query;
    query.archive = archive_.config.name;
    query.after = state.reached;
    query.last = state.last;
    query.limit = asked_for.files;
    query.bytes = asked_for.bytes;
    auto page = co_await catalog.load_copies(std::move(query));
    if (!archive_.catalog_answered("load_copies", page)) co_return error_waits_for;
    const bool asked = page->copies.empty() || co_await ask(std::move(page->copies));
    if (!asked) co_return less_ ? 0 : error_waits_for;
    state = suprsync::go_on(state, page->scanned_to, page->over, archive_.now());
    archive_.scrub_unkept = true;
    co_await keep_state(state.over);
    if (state.over)
        log::info({.archive = archive_.config.name},
                  "every copy was asked for again, in {:.0f} s; {} not as it was verified",
                  archive_.now() - state.begun, bad_.size());
    co_return 0;
}

asio::awaitable<void> scrubber::keep_state(bool at_once) {
    if (!at_once && !is_over(kept_at_ + kept_every, archive_.now(), kept_every)) co_return;
    kept_at_ = archive_.now();
    archive_.scrub_unkept = false;
    const auto kept =
        co_await archive_.environment.catalog.record_scrub(archive_.config.name, archive_.scrub);
    if (!archive_.catalog_answered("record_scrub", kept)) archive_.scrub_unkept = true;
}

// Those that are on record, a portion after the other.
asio::awaitable<double> scrubber::ask_again() {
    const auto most = portion();
    std::vector<kept_copy> copies;
    std::uint64_t bytes = 0;
    for (const auto& bad : bad_) {
        if (bad.copy.file.row.id <= asked_again_to_) continue;
        if (copies.size() >= most.files || (bytes >= most.bytes && !copies.empty())) break;
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
    const auto seeks = static_cast<double>(copies.size() * bytes_of_a_seek);
    pay_off();
    auto report = co_await archive_.transport.stat(ask_for(copies, check_depth::content, rate()));
    if (!report.end.finished()) co_return co_await not_answered(std::move(copies), *report.end.error);
    less_.reset();
    auto checked = co_await judge_answers(archive_.environment.catalog, std::move(copies),
                                          std::move(report.answers), check_depth::content);
    if (!archive_.catalog_answered("still_to_be_there", checked)) co_return false;
    // A small file costs the disk there a seek, too.
    owed_ += static_cast<double>(checked->bytes) + seeks;
    co_return co_await perform(std::move(checked->copies));
}

// One file alone that takes too long holds up no other.
asio::awaitable<bool> scrubber::not_answered(std::vector<kept_copy> copies, failure error) {
    if (!fails_alone(error.code)) {
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

}  // namespace suprsync

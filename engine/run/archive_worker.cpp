#include "engine/run/archive_worker.hpp"

#include <algorithm>

#include "engine/run/work_check.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double catalog_rest = 1;           // s before a catalog that failed is tried again
constexpr double behind_for = 300;           // s that smaller files go before one that finds no space
constexpr std::size_t most_asked = 100'000;  // remembered, so that memory stays flat

}  // namespace

asio::awaitable<void> archive_worker::run() {
    while (!archive_.stopping) {
        double wait = archive_.config.sleep_time;
        idle_ = false;
        changes_checked_ = archive_.changes;
        archive_.tell_places();
        co_await watch_.pause_where_base_is_wrong();
        if (archive_.rests()) {
            idle_ = true;
            wait = std::min(wait, co_await watch_.rest());
        } else if (watch_.probe_is_due()) {
            co_await watch_.probe();
            continue;
        } else if (archive_.connection.at(archive_.now()) == connection_state::phase::down) {
            wait = std::max(0.01, archive_.connection.retry_at().value_or(archive_.now()) - archive_.now());
            archive_.next_attempt = archive_.connection.retry_at();
        } else {
            wait = co_await start_batches();
            wait = std::min(wait, std::max(0.01, watch_.seconds_to_probe()));
        }
        archive_.count(&status_counters::iterations);
        co_await archive_.copy_wake.wait_for(archive_.environment.clock, wait);
    }
    co_await batches_.join();
}

// Starts what can be started; returns the seconds until it is worth checking again without being woken.
asio::awaitable<double> archive_worker::start_batches() {
    double wait = archive_.config.sleep_time;
    waits_only_ = false;
    archive_.next_attempt.reset();
    if (!may_look()) co_return until_next_look();
    if (!is_over(catalog_rests_, archive_.now(), catalog_rest)) co_return catalog_rests_ - archive_.now();
    if (watch_.needs_room() && running_.empty()) co_await sweeper_.make_room();
    auto query = next_query();
    if (query.limit == 0) co_return wait;
    // A batch that fails while the catalog is asked leaves its files out of the answer.
    const bool nothing_ran = running_.empty();
    auto work = co_await archive_.environment.catalog.load_work(std::move(query));
    if (!archive_.catalog_answered("load_work", work)) {
        catalog_rests_ = archive_.now() + catalog_rest;
        co_return std::min(wait, catalog_rest);
    }
    if (work->next_attempt) {
        archive_.next_attempt = work->next_attempt;
        wait = std::min(wait, std::max(0.01, *work->next_attempt - archive_.now()));
    }
    if (work->items.empty()) {
        more_waits_ = false;
        if (running_.empty() && slots_.anything_left()) co_await sweeper_.sweep_unawaited();
        if (nothing_ran && !work->next_attempt) watch_.nothing_waits();
        archive_.tell_directories(false);
        archive_.tell_originals();
        idle_ = !work->next_attempt;
        waits_only_ = nothing_ran;
        co_return wait;
    }
    // Without staging nothing but the base directory's identity tells an unmounted disk from the right one.
    if (archive_.direct() && running_.empty()) {
        co_await watch_.probe();
        if (archive_.connection.at(archive_.now()) != connection_state::phase::up) co_return 0;
    }
    auto checked = co_await check_work(archive_, slots_, std::move(work->items));
    if (!checked.recorded) catalog_rests_ = archive_.now() + catalog_rest;
    if (archive_.stopping || archive_.rests() ||
        archive_.connection.at(archive_.now()) != connection_state::phase::up)
        co_return 0;

    const auto loaded = checked.candidates.size();
    const auto limits = limits_of_a_plan(checked.candidates);
    auto made = plan_batches(std::move(checked.candidates), limits);
    window_ = next_window(window_, loaded, made.left, work->more);
    more_waits_ = made.left > 0 || work->more;
    for (auto& b : made.batches) {
        std::vector<std::string> paths;
        for (const auto& file : b.files) paths.push_back(file.item.row.remote_path);
        slots_.take(b.slot, std::move(paths));
        batches_.spawn(run_batch(std::move(b)));
    }
    // A batch's end wakes those without a place; a slot that another process has locked does not.
    if (made.left > 0 && running_.empty() && made.batches.empty()) wait = std::min(wait, 1.0);
    wait = std::min(wait, until_next_look());
    if (checked.settled > 0) co_return 0;
    if (!is_over(catalog_rests_, archive_.now(), catalog_rest)) co_return catalog_rests_ - archive_.now();
    co_return wait;
}

// Files of which nobody knows whether the destination has them already.
std::unordered_set<file_id> archive_worker::to_be_asked(const batch& b) const {
    std::unordered_set<file_id> ask;
    for (const auto& file : b.files) {
        const auto id = file.item.row.id;
        const bool unasked = file.item.sent_before && !asked_.contains(id);
        if (unasked || uncertain_.contains(id) || archive_.direct()) ask.insert(id);
    }
    return ask;
}

asio::awaitable<void> archive_worker::run_batch(batch b) {
    std::vector<file_id> ids;
    for (const auto& file : b.files) ids.push_back(file.item.row.id);
    in_flight_.insert(ids.begin(), ids.end());
    large_in_flight_ += b.large ? 1 : 0;

    auto ask = to_be_asked(b);
    batch_run run(archive_, std::move(b), std::move(ask));
    const auto place = running_.insert(running_.end(), &run);
    const auto result = co_await run.run();
    learn(run, result);

    // While it is in flight: whoever asks whether all is done is to see either the batch or what it changed.
    if (!result.done.empty()) co_await watch_.remember_base();
    running_.erase(place);
    large_in_flight_ -= run.work().large ? 1 : 0;
    for (const auto id : ids) {
        in_flight_.erase(id);
        uncertain_.erase(id);
    }
    co_await take_result(run.work(), result);
    archive_.wake_all();
}

void archive_worker::take_ids(const batch_result& result) {
    asked_.insert(result.asked.begin(), result.asked.end());
    for (const auto id : result.uncertain) {
        uncertain_.insert(id);
        asked_.erase(id);
    }
    // Asking again costs one command a batch.
    if (asked_.size() > most_asked) asked_.clear();
}

// What a batch that has ended tells of its slot, its files and the destination.
asio::awaitable<void> archive_worker::take_result(const batch& work, const batch_result& result) {
    const bool busy = result.error && result.error->code == failure_code::slot_busy;
    slots_.release(work.slot);
    for (const auto& path : result.done) slots_.gone(path);
    if (!result.error) watch_.slot_free(work.slot);
    // Nothing of theirs lies in a slot that was locked from the beginning: they may go by another one.
    if (!archive_.direct() && !(busy && !result.moved))
        for (const auto& path : result.left_staged) slots_.left(path, work.slot);
    take_ids(result);
    archive_.tell_directories(result.held_back);
    archive_.tell_originals();
    if (!result.error) co_return watch_.transfer_succeeded();
    if (busy) co_return watch_.slot_locked(work.slot);
    const auto code = result.error->code;
    if (code == failure_code::catalog || code == failure_code::locked || code == failure_code::replaced)
        catalog_rests_ = archive_.now() + catalog_rest;
    watch_.transfer_failed(*result.error, result.progressed);
    if (code == failure_code::no_space && work.files.size() == 1 && watch_.out_of_patience_with_space())
        co_await put_behind(work.files.front().item.row);
}

// A file that finds no space again and again, alone, is not to keep smaller ones from theirs.
asio::awaitable<void> archive_worker::put_behind(const file_row& row) {
    file_outcome o;
    o.seen = row;
    o.error = "there is no space for it at the destination; smaller files go first meanwhile";
    o.error_at = archive_.now();
    o.next_attempt = archive_.now() + behind_for;
    auto kept = co_await archive_.environment.catalog.record({std::move(o)});
    archive_.catalog_answered("record", kept);
}

bool archive_worker::stuck() const {
    const auto now = archive_.environment.clock.steady_now();
    return std::any_of(running_.begin(), running_.end(), [&](const batch_run* run) {
        // Ten times the stall limit, and what silent reading may take at 10 MB/s there and here.
        const double allowed = 10 * archive_.config.stall_timeout + archive_.config.cmd_timeout.value_or(0) +
                               60 + static_cast<double>(run->work().bytes) / 10e6 * 3;
        return std::chrono::duration<double>(now - run->last_progress()).count() > allowed;
    });
}

}  // namespace suprsync

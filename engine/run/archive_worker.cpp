#include "engine/run/archive_worker.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/rules/claims.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/rules/registration_rules.hpp"
#include "engine/run/finalizer.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double slot_hold = 5;  // s before a slot that another process holds is looked at again
constexpr double longest_slot_hold = 300;
constexpr double catalog_rest = 1;       // s before a catalog that failed is tried again
constexpr int patience_with_a_slot = 3;  // times that it is found held before its files go by another one
constexpr int patience_with_space =
    5;                              // times in a row that one file alone finds none before others go first
constexpr double behind_for = 300;  // s
constexpr std::size_t spare_slots = 4;  // beside concurrency, for slots that are held
constexpr std::size_t default_files_per_batch = plan_limits{}.files_per_batch;

bool is_of_the_destination(failure_code code) {
    return code != failure_code::stopped && code != failure_code::staging_unavailable &&
           code != failure_code::catalog && code != failure_code::locked;
}

std::string clock_time(epoch_seconds t) {
    return fmt::format("{:%H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(t)));
}

file_outcome failed_for_good(const file_row& row, const std::string& reason, epoch_seconds now) {
    file_outcome o;
    o.seen = row;
    o.attempts_lost = 1;
    o.fail_for_good = true;
    o.error = reason;
    o.error_at = now;
    return o;
}

file_outcome superseded(const file_row& row, const std::string& reason) {
    file_outcome o;
    o.seen = row;
    o.ignore_reason = reason;
    return o;
}

}  // namespace

archive_worker::archive_worker(archive_context& archive)
    : archive_(archive),
      batches_(archive.environment.executor),
      slots_(archive.config.concurrency + spare_slots) {
    archive_.on_link_error = [this](const failure& error) { on_link_error(error, false); };
}

asio::awaitable<void> archive_worker::run() {
    while (!archive_.stopping) {
        double wait = archive_.config.sleep_time;
        idle_ = false;
        looked_at_ = archive_.changes;
        if (base_error_) {
            const auto reason = std::exchange(base_error_, std::nullopt)->text();
            co_await pause(reason);
        }
        if (archive_.paused) {
            idle_ = true;
            archive_.next_attempt.reset();
        } else if (archive_.connection.at(archive_.now()) == connection_state::phase::probe) {
            co_await probe();
            continue;
        } else if (archive_.connection.at(archive_.now()) == connection_state::phase::down) {
            wait = std::max(0.01, archive_.connection.retry_at().value_or(archive_.now()) - archive_.now());
            archive_.next_attempt = archive_.connection.retry_at();
        } else {
            const auto held = look_at_held_slots();
            if (held && *held <= archive_.now()) {
                co_await probe();
                continue;
            }
            wait = co_await start_batches();
            if (const auto next = look_at_held_slots())
                wait = std::min(wait, std::max(0.01, *next - archive_.now()));
        }
        ++archive_.environment.counters.iterations;
        co_await archive_.copy_wake.wait_for(archive_.environment.clock, wait);
    }
    co_await batches_.join();
}

// ---- the destination
// -----------------------------------------------------------------------------------------------

asio::awaitable<void> archive_worker::probe() {
    const bool was_up = archive_.connection.at(archive_.now()) == connection_state::phase::up;
    archive_.connection.probe_started();
    auto memory = co_await archive_.environment.catalog.memory(archive_.config.name);
    if (!archive_.catalog_answered("memory", memory)) {
        archive_.connection.failed(archive_.now(), archive_.environment.random());
        co_return;
    }
    base_remembered_ = memory->base.has_value();
    base_expected_ = memory->has_verified || memory->base;
    prepare_request request;
    request.catalog_uuid = archive_.environment.catalog.uuid();
    request.may_create_base = !base_expected_;
    if (!accept_base_) request.expected = memory->base;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (slots_[i].in_use) request.slots_in_use.push_back(static_cast<int>(i));
    auto facts = co_await archive_.transport.prepare(std::move(request));
    if (!facts) {
        on_link_error(facts.error(), false);
        co_return;
    }
    archive_.destination = std::move(*facts);
    archive_.connection.answered();
    archive_.clear(condition_kind::base_directory);
    // What a transfer met while the destination answered is over when one comes through.
    if (!transfers_fail_) connection_works();
    if (archive_.destination.base_created)
        spdlog::info("[{}] made the base directory {}", archive_.config.name, archive_.transport.name());
    if (archive_.direct())
        archive_.raise(
            condition_kind::staging_unavailable,
            fmt::format("{}; files are copied straight to their place, where readers may see them incomplete",
                        archive_.destination.staging_refused));
    else
        archive_.clear(condition_kind::staging_unavailable);
    if (accept_base_) base_remembered_ = false;
    if (base_expected_ && !base_remembered_) co_await remember_base();
    accept_base_ = false;
    note_held_slots(archive_.destination.held_slots);
    co_await adopt_leftovers(std::exchange(archive_.destination.staged, {}));
    if (!was_up) archive_.wake_all();  // the deleter waits for the destination, too
}

asio::awaitable<void> archive_worker::remember_base() {
    if (base_remembered_) co_return;
    auto kept = co_await archive_.environment.catalog.remember_base(archive_.config.name,
                                                                    archive_.destination.identity);
    base_remembered_ = kept.has_value();
    base_expected_ = true;
}

// Files that wait go on where they were left; the rest is swept (spec 4.1: staging is empty when nothing is
// waiting).
asio::awaitable<void> archive_worker::adopt_leftovers(std::vector<staged_file> staged) {
    std::vector<staged_file> foreign;
    std::vector<std::string> paths;
    for (const auto& file : staged) paths.push_back(file.remote_path);
    auto awaited = co_await archive_.environment.catalog.awaited(archive_.config.name, std::move(paths));
    if (!awaited) co_return;
    // Of a file that lies in several slots the longest part is kept.
    std::unordered_map<std::string, const staged_file*> longest;
    for (std::size_t i = 0; i < staged.size(); ++i) {
        const auto slot = static_cast<std::size_t>(staged[i].slot);
        if (slot < slots_.size() && slots_[slot].in_use) continue;
        // What goes by another slot now has left this one for good.
        if (!(*awaited)[i] || slot >= slots_.size() || paths_in_flight_.contains(staged[i].remote_path)) {
            foreign.push_back(staged[i]);
            continue;
        }
        auto& kept = longest[staged[i].remote_path];
        if (kept) foreign.push_back(kept->size < staged[i].size ? *kept : staged[i]);
        if (!kept || kept->size < staged[i].size) kept = &staged[i];
    }
    for (const auto& [path, file] : longest) staged_in_.insert_or_assign(path, file->slot);
    if (foreign.empty()) co_return;
    spdlog::info("[{}] sweeping {} leftovers that nothing waits for from staging", archive_.config.name,
                 foreign.size());
    auto swept = co_await archive_.transport.sweep(std::move(foreign));
    if (!swept) spdlog::warn("[{}] {}", archive_.config.name, swept.error().text());
}

// A receiver that hangs there is ended by a later look at the destination, and what it left is swept.
void archive_worker::note_held(int slot) {
    auto& s = slots_[static_cast<std::size_t>(slot)];
    ++s.held_in_a_row;
    s.held_until = archive_.now() + std::min(longest_slot_hold, slot_hold * std::max(1, s.held_in_a_row - 2));
    // What lies there is worth waiting for, but not for ever: it goes by another slot, from its beginning.
    if (s.held_in_a_row >= patience_with_a_slot) {
        std::erase_if(staged_in_, [&](const auto& file) { return file.second == slot; });
        archive_.raise(
            condition_kind::slot_busy,
            fmt::format(
                "a process at the destination holds staging slot {} and cannot be ended: files go by another one. Look there for an rsync or md5sum working in {}",
                slot, archive_.destination.staging));
    }
    if (s.held_in_a_row == 1)
        spdlog::info(
            "[{}] staging slot {} is still held by an earlier process at the destination: left alone for now",
            archive_.config.name, slot);
}

void archive_worker::note_held_slots(const std::vector<int>& held) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        auto& slot = slots_[i];
        if (slot.in_use) continue;
        if (std::find(held.begin(), held.end(), static_cast<int>(i)) != held.end())
            note_held(static_cast<int>(i));
        else
            forget_held(static_cast<int>(i));
    }
}

void archive_worker::forget_held(int slot) {
    auto& s = slots_[static_cast<std::size_t>(slot)];
    s.held_until = 0;
    if (std::exchange(s.held_in_a_row, 0) == 0) return;
    spdlog::info("[{}] staging slot {} is free again", archive_.config.name, slot);
    if (std::none_of(slots_.begin(), slots_.end(), [](const auto& other) { return other.held_in_a_row > 0; }))
        archive_.clear(condition_kind::slot_busy);
}

std::optional<epoch_seconds> archive_worker::look_at_held_slots() const {
    std::optional<epoch_seconds> next;
    for (const auto& slot : slots_)
        if (slot.held_in_a_row > 0 && !slot.in_use && (!next || slot.held_until < *next))
            next = slot.held_until;
    return next;
}

// What lies staged for files that are settled, ignored or gone meanwhile.
asio::awaitable<void> archive_worker::sweep_unawaited() {
    std::vector<std::string> paths;
    for (const auto& [path, slot] : staged_in_) paths.push_back(path);
    auto awaited = co_await archive_.environment.catalog.awaited(archive_.config.name, paths);
    if (!awaited) co_return;
    std::vector<staged_file> foreign;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        const auto place = staged_in_.find(paths[i]);
        if ((*awaited)[i] || place == staged_in_.end() || paths_in_flight_.contains(paths[i])) continue;
        foreign.push_back({place->second, paths[i], 0});
        staged_in_.erase(place);
    }
    if (foreign.empty()) co_return;
    auto swept = co_await archive_.transport.sweep(std::move(foreign));
    if (!swept) on_link_error(swept.error(), false);
}

// The destination is full again and again: partial files of files whose turn is later make room (spec 4).
asio::awaitable<void> archive_worker::make_room() {
    std::vector<staged_file> partial;
    for (const auto& [path, slot] : staged_in_)
        if (!paths_in_flight_.contains(path)) partial.push_back({slot, path, 0});
    auto work =
        co_await archive_.environment.catalog.load_work({archive_.config.name, archive_.now(), 1, {}});
    const std::string next =
        work && !work->items.empty() ? work->items.front().row.remote_path : std::string();
    std::erase_if(partial, [&](const staged_file& f) { return f.remote_path == next; });
    if (partial.empty()) co_return;
    for (const auto& file : partial) staged_in_.erase(file.remote_path);
    spdlog::warn("[{}] the destination has no space: {} partial files make room for {}", archive_.config.name,
                 partial.size(), next);
    auto swept = co_await archive_.transport.sweep(std::move(partial));
    if (!swept) spdlog::warn("[{}] {}", archive_.config.name, swept.error().text());
}

asio::awaitable<void> archive_worker::pause(const std::string& reason) {
    archive_.paused = true;
    archive_.raise(
        condition_kind::base_directory,
        reason + "; the archive is paused: mount the right file system, then resume it (POST /archives/" +
            archive_.config.name + "/resume)");
    auto kept = co_await archive_.environment.catalog.set_paused(archive_.config.name, true, reason);
    if (!kept) spdlog::error("[{}] {}", archive_.config.name, kept.error().text());
}

void archive_worker::resume() {
    archive_.paused = false;
    accept_base_ = true;
    archive_.clear(condition_kind::base_directory);
    archive_.clear(condition_kind::paused);
    archive_.connection.reset();
    archive_.wake_all();
}

void archive_worker::connection_works() {
    transfers_fail_ = false;
    archive_.clear(condition_kind::destination_unreachable);
    archive_.clear(condition_kind::missing_program);
}

void archive_worker::connection_failed(const char* kind, const failure& error) {
    archive_.connection.failed(archive_.now(), archive_.environment.random());
    const auto retry = archive_.connection.retry_at();
    archive_.raise(kind, fmt::format("{}; no file loses an attempt, the destination is tried again{}",
                                     error.text(), retry ? " at " + clock_time(*retry) : ""));
    archive_.copy_wake.notify();
}

// One place that turns what a verb met into the state of the destination.
void archive_worker::on_link_error(const failure& error, bool moved) {
    switch (error.code) {
        case failure_code::stopped:
        case failure_code::staging_unavailable:
            return;
        case failure_code::timed_out:
            // A slice is over, the transfer goes on in the next one.
            if (moved) return archive_.connection.succeeded();
            return connection_failed(condition_kind::destination_unreachable, error);
        case failure_code::base_changed:
            base_error_ = error;
            return archive_.copy_wake.notify();
        case failure_code::base_missing:
            if (base_expected_) {
                base_error_ = error;
                return archive_.copy_wake.notify();
            }
            return connection_failed(condition_kind::base_directory, error);
        case failure_code::missing_program:
            return connection_failed(condition_kind::missing_program, error);
        case failure_code::no_space:
            one_at_a_time_ = true;
            // Batches that met it together met it once.
            if (archive_.connection.at(archive_.now()) == connection_state::phase::up) ++no_space_in_a_row_;
            return connection_failed(condition_kind::destination_full, error);
        case failure_code::catalog:
        case failure_code::locked:
            catalog_rests_ = archive_.now() + catalog_rest;
            return;
        default:
            return connection_failed(condition_kind::destination_unreachable, error);
    }
}

// ---- batches
// -------------------------------------------------------------------------------------------------------

std::size_t archive_worker::most_batches() const {
    return archive_.config.bwlimit || one_at_a_time_ ? 1 : archive_.config.concurrency;
}

std::vector<int> archive_worker::free_slots() const {
    std::vector<int> free;
    for (std::size_t i = 0; i < slots_.size(); ++i)
        if (!slots_[i].in_use && slots_[i].held_until <= archive_.now()) free.push_back(static_cast<int>(i));
    // A slot that files wait for is taken by others last: a large one would keep them waiting for its whole
    // time.
    std::vector<bool> awaited(slots_.size());
    for (const auto& [path, slot] : staged_in_)
        if (!paths_in_flight_.contains(path)) awaited[static_cast<std::size_t>(slot)] = true;
    std::sort(free.begin(), free.end(), [&](int a, int b) {
        return std::pair(awaited[static_cast<std::size_t>(a)], a) <
               std::pair(awaited[static_cast<std::size_t>(b)], b);
    });
    return free;
}

// Starts what can be started; returns the seconds until it is worth looking again without being woken.
asio::awaitable<double> archive_worker::start_batches() {
    double wait = archive_.config.sleep_time;
    archive_.next_attempt.reset();
    if (running_.size() >= most_batches()) co_return wait;
    if (catalog_rests_ > archive_.now()) co_return catalog_rests_ - archive_.now();
    if (no_space_in_a_row_ > 1 && running_.empty()) co_await make_room();
    const auto per_batch = archive_.config.files_per_batch.value_or(default_files_per_batch);
    work_query query;
    query.archive = archive_.config.name;
    query.now = archive_.now();
    query.limit = per_batch * (most_batches() - running_.size());
    query.in_flight.assign(in_flight_.begin(), in_flight_.end());
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
        if (running_.empty() && !staged_in_.empty()) co_await sweep_unawaited();
        if (running_.empty() && !work->next_attempt) {
            connection_works();                                // nobody is left who could tell
            archive_.clear(condition_kind::destination_full);  // nobody waits for space any more
            one_at_a_time_ = false;
            no_space_in_a_row_ = 0;
        }
        idle_ = !work->next_attempt;
        co_return wait;
    }
    // Without staging nothing but the base directory's identity tells an unmounted disk from the right one.
    if (archive_.direct() && running_.empty()) {
        co_await probe();
        if (archive_.connection.at(archive_.now()) != connection_state::phase::up) co_return 0;
    }
    auto candidates = co_await examine(std::move(work->items));
    if (archive_.stopping || archive_.paused ||
        archive_.connection.at(archive_.now()) != connection_state::phase::up)
        co_return 0;

    plan_limits limits;
    limits.files_per_batch = per_batch;
    limits.free_slots = free_slots();
    limits.most_batches = most_batches() - std::min(most_batches(), running_.size());
    const auto most_large = std::max<std::size_t>(1, most_batches() - 1);  // one slot stays for small files
    limits.most_large = most_large - std::min(most_large, large_in_flight_);
    auto made = plan_batches(std::move(candidates), limits);
    for (auto& b : made.batches) {
        slots_[static_cast<std::size_t>(b.slot)].in_use = true;
        batches_.spawn(run_batch(std::move(b)));
    }
    // Files without a place wait for a slot: a batch's end wakes us; a slot held by another process does not.
    if (made.left > 0 && running_.empty() && made.batches.empty()) wait = std::min(wait, 1.0);
    // What was looked at and settled without a transfer made place for others in the list.
    if (settled_at_sight_ > 0) co_return 0;
    if (catalog_rests_ > archive_.now()) co_return catalog_rests_ - archive_.now();
    co_return wait;
}

// The local side of each file, and whether it may be copied at all. What cannot succeed is recorded here and
// dropped.
asio::awaitable<std::vector<candidate>> archive_worker::examine(std::vector<work_item> items) {
    std::vector<file_outcome> outcomes;
    std::vector<candidate> candidates;
    std::vector<std::string> paths;
    const auto now = archive_.now();
    std::size_t reissued = 0;
    for (auto& item : items) {
        if (paths_in_flight_.contains(item.row.remote_path)) continue;
        auto allowed = check_remote_path(item.row.remote_path);
        if (allowed) allowed = check_local_path(item.row.local_path);
        if (!allowed) {
            outcomes.push_back(failed_for_good(item.row, allowed.error().text(), now));
            continue;
        }
        auto held = judge_claim(item.row, item.claimants);
        if (held.decision == claim::verdict::conflict) {
            outcomes.push_back(failed_for_good(item.row, held.reason, now));
            continue;
        }
        if (held.decision == claim::verdict::superseded) {
            outcomes.push_back(superseded(item.row, held.reason));
            continue;
        }
        if (item.finalization && now - item.row.timestamp > stale_finalization_age) {
            const auto anew = co_await reissue_finalization_file(archive_, item.row);
            if (anew == reissue_outcome::reissued) ++reissued;
            if (anew != reissue_outcome::unknown) continue;
        }
        candidate c;
        c.supersedes_md5 = std::move(held.supersedes_md5);
        if (const auto slot = staged_in_.find(item.row.remote_path); slot != staged_in_.end())
            c.staged_in = slot->second;
        paths.push_back(item.row.local_path);
        c.item = std::move(item);
        candidates.push_back(std::move(c));
    }
    auto seen = co_await archive_.environment.disk.stat(std::move(paths));
    std::vector<candidate> present;
    for (std::size_t i = 0; i < candidates.size() && i < seen.size(); ++i) {
        if (seen[i]) {
            candidates[i].local = *seen[i];
            present.push_back(std::move(candidates[i]));
            continue;
        }
        attempt_facts facts;
        facts.row = candidates[i].item.row;
        facts.now = now;
        outcomes.push_back(outcome_of({verdict::missing, seen[i].error().text(), {}}, facts));
        outcomes.back().size.reset();
    }
    settled_at_sight_ = reissued;
    if (!outcomes.empty()) {
        archive_.outcomes.log_unfit(outcomes);
        auto recorded = co_await archive_.environment.catalog.record(outcomes);
        if (archive_.catalog_answered("record", recorded)) {
            settled_at_sight_ += outcomes.size();
            for (const auto& o : outcomes) archive_.outcomes.tell_copy(o, false, std::nullopt);
            archive_.wake_all();
        } else {
            catalog_rests_ = now + catalog_rest;
        }
    }
    co_return present;
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

asio::awaitable<void> archive_worker::run_batch(batch b) {
    std::unordered_set<file_id> ask;
    std::vector<file_id> ids;
    std::vector<std::string> paths;
    const bool large = b.files.size() == 1 && b.bytes > plan_limits{}.bytes_per_batch;
    for (const auto& file : b.files) {
        const auto id = file.item.row.id;
        ids.push_back(id);
        paths.push_back(file.item.row.remote_path);
        const bool unasked = file.item.sent_before && !asked_.contains(id);
        if (unasked || uncertain_.contains(id) || archive_.direct()) ask.insert(id);
    }
    in_flight_.insert(ids.begin(), ids.end());
    paths_in_flight_.insert(paths.begin(), paths.end());
    large_in_flight_ += large ? 1 : 0;

    batch_run run(archive_, std::move(b), std::move(ask));
    const auto place = running_.insert(running_.end(), &run);
    const auto result = co_await run.run();

    // While it is in flight: whoever asks whether all is done is to see either the batch or what it changed.
    if (!result.done.empty()) co_await remember_base();
    running_.erase(place);
    large_in_flight_ -= large ? 1 : 0;
    auto& slot = slots_[static_cast<std::size_t>(run.work().slot)];
    slot.in_use = false;
    for (const auto id : ids) {
        in_flight_.erase(id);
        uncertain_.erase(id);
    }
    for (const auto& path : paths) paths_in_flight_.erase(path);
    for (const auto& path : result.done) staged_in_.erase(path);
    // Nothing of theirs lies in a slot that was held from the beginning: they may go by another one.
    const bool held = result.error && result.error->code == failure_code::slot_busy;
    if (!result.error) forget_held(run.work().slot);
    if (!archive_.direct() && !(held && !result.moved))
        for (const auto& path : result.left_staged) staged_in_.insert_or_assign(path, run.work().slot);
    asked_.insert(result.asked.begin(), result.asked.end());
    for (const auto id : result.uncertain) {
        uncertain_.insert(id);
        asked_.erase(id);
    }
    if (asked_.size() > 100'000)
        asked_.clear();  // asking again costs one command a batch, memory is not to grow

    if (held) {
        note_held(run.work().slot);
    } else if (result.error) {
        transfers_fail_ = transfers_fail_ || is_of_the_destination(result.error->code);
        on_link_error(*result.error, result.progressed);
        if (archive_.connection.failures_in_a_row() == 0) connection_works();  // a slice was over
        if (result.error->code == failure_code::no_space && ids.size() == 1 &&
            no_space_in_a_row_ >= patience_with_space)
            co_await put_behind(run.work().files.front().item.row);
    } else {
        archive_.connection.succeeded();
        connection_works();
        one_at_a_time_ = false;
        no_space_in_a_row_ = 0;
        archive_.clear(condition_kind::destination_full);
    }
    archive_.wake_all();
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

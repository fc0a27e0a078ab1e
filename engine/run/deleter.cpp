#include "engine/run/deleter.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "engine/model/text.hpp"
#include "engine/run/lost_copies.hpp"
#include "engine/run/removed_days_condition.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t files_per_chunk = 1000;
constexpr double postponed_for = 60;           // s before a file that could not be deleted is tried again
constexpr double day_waits_for = 600;          // s, of a day that is gone there: it may come back
constexpr std::size_t most_problems = 10'000;  // remembered, so that memory stays flat

// Seconds before a file that waits for another registration is asked for again: the next full pass finds what
// other programs settled, at the latest after as long as any other file is postponed.
double waits_for(const archive_configuration& config) {
    return std::clamp(config.sleep_time, 1.0, postponed_for);
}

// A sync that failed while these copies were read makes them doubtful: what is wrong with them then is for
// the copy prover to mend.
asio::awaitable<void> leave_doubtful_ones(archive_context& archive, std::list<guarded_file>& files,
                                          epoch_seconds registered_before) {
    std::vector<guarded_file*> lost;
    std::vector<file_row> rows;
    for (auto& g : files) {
        if (g.decision.step != deletion_step::vanished && g.decision.step != deletion_step::lost_again)
            continue;
        lost.push_back(&g);
        rows.push_back(g.facts.item.row);
    }
    if (lost.empty()) co_return;
    const auto stand = co_await archive.environment.catalog.may_delete(std::move(rows), registered_before);
    const bool answered = archive.catalog_answered("may_delete", stand);
    for (std::size_t i = 0; i < lost.size(); ++i) {
        if (!answered || !(*stand)[i])
            lost[i]->reload_later("its row changed meanwhile, or its copy is in doubt");
    }
}

}  // namespace

asio::awaitable<void> deleter::run() {
    while (!archive_.stopping) {
        co_await interrupted_.undo();
        if (!archive_.config.delete_local_after && !interrupted_.any_left()) co_return;
        idle_ = false;
        changes_checked_ = archive_.changes;
        error_.reset();
        double wait = archive_.config.sleep_time;
        // While the destination does not answer, or nobody knows how old files are, nothing is deleted.
        const bool may_ask = archive_.connection.at(archive_.now()) == connection_state::phase::up &&
                             !archive_.rests() && interrupted_.known() && archive_.config.delete_local_after;
        co_await tell_removed_days(archive_);
        const bool rested = is_over(rests_until_, archive_.now(), postponed_for);
        held_ = archive_.environment.clock_watch.holds();
        if (held_) {
            idle_ = true;
        } else if (may_ask && rested) {
            wait = co_await delete_due();
            archive_.deleting = false;
            report_error();
        }
        if (!is_over(rests_until_, archive_.now(), postponed_for)) {
            wait = rests_until_ - archive_.now();
            idle_ = true;
        }
        if (interrupted_.any_left()) {
            wait = std::min(wait, postponed_for);
            tell_problems("");
        }
        co_await archive_.delete_wake.wait_for(archive_.environment.clock, wait);
    }
}

// An error of the connection is the worker's, too.
void deleter::report_error() {
    cannot_ask_ = error_ && fails_alone(error_->code);
    if (cannot_ask_) {
        rests_until_ = archive_.now() + postponed_for;
        archive_.raise(condition_kind::deletion_failed,
                       fmt::format("nothing can be deleted: {}; it is tried again every {:.0f} s",
                                   error_->text(), postponed_for));
    } else if (error_) {
        if (archive_.on_connection_error) archive_.on_connection_error(*error_);
    } else if (problems_.empty()) {
        tell_problems("");
    }
}

// One chunk; returns the seconds until it is worth checking again without being woken.
asio::awaitable<double> deleter::delete_due() {
    const double wait = archive_.config.sleep_time;
    const double age = *archive_.config.delete_local_after;
    const auto now = archive_.now();
    auto due = co_await archive_.environment.catalog.load_deletable(archive_.config.name, now - age, now,
                                                                    files_per_chunk);
    if (!archive_.catalog_answered("load_deletable", due)) co_return wait;
    if (due->empty()) {
        idle_ = true;
        report_problems({});
        // Whatever will be due some time, postponed ones included.
        constexpr auto ever = never - 1;
        auto next = co_await archive_.environment.catalog.load_deletable(archive_.config.name, ever, ever, 1);
        if (!next) co_return wait;
        if (next->empty()) {
            problems_.clear();
            report_problems({});
            co_return wait;
        }
        const double until = next->front().row.timestamp + age - now;
        // One that is due to the very second is not older yet; one that was due before is postponed.
        co_return until > -0.001 ? std::clamp(until, 0.01, wait) : std::min(wait, postponed_for);
    }
    archive_.deleting = true;
    std::list<guarded_file> files;
    for (auto& item : *due) {
        if (interrupted_.concern(item.row.id)) continue;
        auto& facts = files.emplace_back(archive_, std::move(item)).facts;
        facts.now = now;
        facts.delete_local_after = age;
        facts.recheck = archive_.config.recheck_remote;
    }
    deletion_proof proof(archive_);
    error_ = co_await proof.decide(files);
    co_await leave_doubtful_ones(archive_, files, now - age);
    co_await reload_decided_days(files);
    std::vector<deletion_record> records;
    for (const auto& g : files) {
        if (auto record = record_of(g)) records.push_back(std::move(*record));
        if (g.decision.step != deletion_step::settle_others) continue;
        for (const auto& other : g.facts.item.other_versions)
            records.push_back({other, deletion_outcome::new_version, g.decision.reason, archive_.now()});
    }
    for (const auto& g : files) {
        const auto& row = g.facts.item.row;
        if (g.decision.step == deletion_step::not_a_copy)
            archive_.originals.met(row, archive_.transport.name(), archive_.now());
        else if (g.decision.step != deletion_step::not_now || (g.facts.remote && g.facts.remote->answered))
            archive_.originals.left(row.id);
    }
    if (records.empty()) co_return std::min(wait, 1.0);  // the destination did not answer, or a stop came
    for (const auto& g : files)
        if (g.waiting) archive_.outcomes.log_waiting(g.facts.item.row, g.decision.reason);
    report(records);
    const bool of_others = std::any_of(records.begin(), records.end(), [&](const deletion_record& r) {
        return r.seen.archive_name != archive_.config.name;
    });
    if (!co_await record_deletions(archive_, std::move(records))) co_return std::min(wait, 1.0);
    // Only now: what somebody says of a day makes those due that wait.
    co_await record_removed_days(files);
    archive_.wake_all();
    if (of_others && archive_.environment.on_others_concerned) archive_.environment.on_others_concerned();
    const bool more = due->size() == files_per_chunk;
    co_return more ? 0 : std::min(wait, 1.0);
}

std::optional<deletion_record> deleter::record_of(const guarded_file& g) const {
    deletion_record record;
    record.seen = g.facts.item.row;
    record.at = archive_.now();
    if (!g.waiting) record.error = g.decision.reason;
    if (g.facts.local && *g.facts.local) record.size = (*g.facts.local)->size;
    switch (g.decision.step) {
        case deletion_step::remove:
            record.outcome = deletion_outcome::deleted;
            break;
        case deletion_step::gone:
            record.outcome = deletion_outcome::gone;
            break;
        case deletion_step::new_version:
            record.outcome = deletion_outcome::new_version;
            break;
        case deletion_step::vanished:
            record.outcome = deletion_outcome::vanished;
            break;
        case deletion_step::lost_again:
            record.outcome = deletion_outcome::lost_again;
            break;
        case deletion_step::superseded:
            record.outcome = deletion_outcome::postponed;
            record.error.clear();
            record.again_at = never;
            break;
        default:
            // While the destination does not answer nothing is known of the file: no delay of its own. Nor
            // where what was known of it does not hold any more.
            if (archive_.stopping || archive_.rests() || error_ || g.row_changed) return std::nullopt;
            record.outcome = deletion_outcome::postponed;
            record.again_at = record.at + (g.decision.step == deletion_step::day_removed ? day_waits_for
                                           : g.waiting ? waits_for(archive_.config)
                                                       : postponed_for);
    }
    return record;
}

void deleter::report(const std::vector<deletion_record>& records) {
    const auto sums = log_deletions(archive_, records);
    archive_.files_deleted += static_cast<std::int64_t>(sums.deleted);
    report_problems(records);
}

// The condition lasts while any file has its problem, also while others are deleted. Each is tried again
// within two periods; one that is not has ceased to be deletable. A file that only waits has no problem, nor
// an error.
void deleter::report_problems(const std::vector<deletion_record>& records) {
    const auto now = archive_.now();
    std::string first;
    for (const auto& record : records) {
        const auto id = record.seen.id;
        if (record.outcome != deletion_outcome::postponed || record.error.empty()) {
            problems_.erase(id);
            continue;
        }
        if (problems_.contains(id) || problems_.size() < most_problems) problems_[id] = now;
        if (first.empty()) first = record.seen.local_path + ": " + record.error;
    }
    std::erase_if(problems_, [&](const auto& p) { return std::abs(now - p.second) > 2.5 * postponed_for; });
    archive_.tell_originals();
    tell_problems(first);
}

// `first` is the first that was found now; a condition that has begun goes on with its text without one.
void deleter::tell_problems(const std::string& first) {
    if (!first.empty())
        archive_.raise(condition_kind::deletion_failed,
                       fmt::format("{}{} cannot be deleted, {}; looked at again every {:.0f} s",
                                   problems_.size() == most_problems ? "at least " : "",
                                   counted(problems_.size(), "file"), first, postponed_for));
    else if (problems_.empty() && !interrupted_.problem().empty())
        archive_.raise(condition_kind::deletion_failed,
                       fmt::format("{}; no other file waits for it", interrupted_.problem()));
    else if (problems_.empty() && !cannot_ask_)
        archive_.clear(condition_kind::deletion_failed);
}

}  // namespace suprsync

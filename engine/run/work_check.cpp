#include "engine/run/work_check.hpp"

#include <unordered_set>
#include <utility>

#include "engine/model/text.hpp"
#include "engine/rules/arrived_before.hpp"
#include "engine/rules/claims.hpp"
#include "engine/rules/file_life.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/rules/registration_rules.hpp"
#include "engine/run/announcing.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double reissued_again_after = 120;  // s

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

// It is not to be tried before `next`, through no fault of its own.
file_outcome waits_until(const file_row& row, const std::string& reason, epoch_seconds now,
                         epoch_seconds next) {
    attempt_facts facts;
    facts.row = row;
    facts.now = now;
    auto o = outcome_of({verdict::held_up, reason, {}}, facts);
    o.next_attempt = next;
    o.size.reset();
    return o;
}

file_outcome not_there(archive_context& archive, const candidate& c, const failure& why, epoch_seconds now) {
    const auto& row = c.item.row;
    if (is_of_the_place(why))
        return waits_until(row, why.text(), now,
                           now + archive.places.met_problem(row.local_path, why, now, false));
    if (why.code == failure_code::not_found && !archive.taken_as_arrived.contains(row.id))
        if (auto arrived = arrived_before(row, c.supersedes_md5, now)) return *arrived;
    attempt_facts facts;
    facts.row = row;
    facts.now = now;
    auto o = outcome_of({verdict::missing, why.text(), {}}, facts);
    o.size.reset();
    return o;
}

// What the row and its claimants alone tell; none: it may be copied, and takes the place of `supersedes_md5`.
std::optional<file_outcome> refused(const work_item& item, epoch_seconds now,
                                    std::optional<std::string>& supersedes_md5) {
    auto allowed = check_remote_path(item.row.remote_path);
    if (allowed) allowed = check_local_path(item.row.local_path);
    if (!allowed) return failed_for_good(item.row, allowed.error().text(), now);
    auto judged = judge_claim(item.row, item.claimants);
    supersedes_md5 = std::move(judged.supersedes_md5);
    switch (judged.decision) {
        case claim::verdict::conflict:
            return failed_for_good(item.row, judged.reason, now);
        case claim::verdict::superseded:
            return superseded(item.row, judged.reason);
        default:
            return std::nullopt;
    }
}

// A directory that is there and lies on another file system than before is a mount point without its disk.
asio::awaitable<void> judge_absences(archive_context& archive, const std::vector<candidate>& candidates,
                                     std::vector<result<file_identity>>& seen) {
    std::vector<absent_file> absent;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto& path = candidates[i].item.row.local_path;
        if (seen[i]) {
            archive.places.found(path, seen[i]->device);
            continue;
        }
        const auto device = archive.places.device_of(path);
        if (seen[i].error().code == failure_code::not_found && device)
            absent.push_back({path, *device, &seen[i]});
    }
    co_await find_unmounted(archive.environment.disk, std::move(absent));
}

}  // namespace

asio::awaitable<checked_work> check_work(archive_context& archive, const staging_slots& slots,
                                         std::vector<work_item> items) {
    checked_work work;
    std::vector<file_outcome> outcomes;
    std::vector<file_outcome> waiting;  // for a place, here or there: told of once, not file by file
    std::vector<candidate> candidates;
    std::vector<std::string> paths;
    std::unordered_set<std::string> together;  // remote paths, as in_flight() sees them
    const auto now = archive.now();
    for (auto& item : items) {
        if (slots.in_flight(item.row.remote_path) || archive.being_summed.contains(item.row.id)) continue;
        candidate c;
        if (auto outcome = refused(item, now, c.supersedes_md5)) {
            outcomes.push_back(std::move(*outcome));
            continue;
        }
        // Only the first files find out whether their directory can be used again.
        if (const auto* held = archive.directories.holding(item.row.remote_path, now)) {
            waiting.push_back(
                waits_until(item.row, unusable_directories::shown(held->reason), now, held->next));
            continue;
        }
        if (!together.insert(lower(item.row.remote_path)).second) continue;
        if (item.finalization && now - item.row.timestamp > stale_finalization_age) {
            const auto anew = co_await reissue_finalization_file(archive, item.row);
            if (anew == reissue_outcome::reissued) ++work.settled;
            if (anew == reissue_outcome::not_now)
                waiting.push_back(waits_until(item.row, "it is a day old, and cannot be issued anew now", now,
                                              now + reissued_again_after));
            if (anew != reissue_outcome::unknown) continue;
        }
        c.staged_in = slots.slot_of(item.row.remote_path);
        paths.push_back(item.row.local_path);
        c.item = std::move(item);
        candidates.push_back(std::move(c));
    }
    auto seen = co_await archive.environment.disk.stat(std::move(paths));
    co_await judge_absences(archive, candidates, seen);
    for (std::size_t i = 0; i < candidates.size() && i < seen.size(); ++i) {
        if (!seen[i]) {
            auto outcome = not_there(archive, candidates[i], seen[i].error(), now);
            (outcome.verified || outcome.attempts_lost > 0 ? outcomes : waiting)
                .push_back(std::move(outcome));
            continue;
        }
        candidates[i].local = *seen[i];
        work.candidates.push_back(std::move(candidates[i]));
    }
    archive.tell_places();
    if (!waiting.empty()) {
        work.settled += waiting.size();
        auto put_off = co_await archive.environment.catalog.record(std::move(waiting));
        work.recorded = archive.catalog_answered("record", put_off);
    }
    if (outcomes.empty()) co_return work;
    archive.outcomes.log_not_sent(outcomes);
    auto recorded = co_await archive.environment.catalog.record(outcomes);
    if (!archive.catalog_answered("record", recorded)) {
        work.recorded = false;
    } else {
        work.settled += outcomes.size();
        for (const auto& o : outcomes) {
            if (o.verified) {
                ++archive.files_verified;
                archive.taken_as_arrived.insert(o.seen.id);
                archive.prove_wake.notify();
            }
            archive.outcomes.tell_copy(o, false, std::nullopt);
        }
        archive.wake_all();
    }
    co_return work;
}

}  // namespace suprsync

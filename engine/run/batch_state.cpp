#include "engine/run/batch_state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/report/log.hpp"
#include "engine/rules/not_a_copy.hpp"
#include "engine/run/read_sources.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

std::vector<std::string> local_paths_of(const attempt_list& which) {
    std::vector<std::string> paths;
    for (const auto* a : which) paths.push_back(a->facts.row.local_path);
    return paths;
}

std::vector<file_id> ids_of(const attempt_list& which) {
    std::vector<file_id> ids;
    for (const auto* a : which) ids.push_back(a->facts.row.id);
    return ids;
}

transfer transfer_of(const std::string& archive, const batch& work) {
    transfer shown;
    shown.archive = archive;
    shown.bytes = work.bytes;
    for (const auto& file : work.files) shown.ids.push_back(file.item.row.id);
    if (!work.files.empty()) shown.local_path = work.files.front().item.row.local_path;
    return shown;
}

}  // namespace

batch_state::batch_state(archive_context& a, batch b, std::unordered_set<file_id> ask)
    : archive(a),
      work(std::move(b)),
      ask_first(std::move(ask)),
      direct(a.direct()),
      files(work.files.begin(), work.files.end()),
      begun_at(a.environment.clock.steady_now()),
      begun_in(a.boot_met),
      last_progress(begun_at),
      flight(a.environment.transfers, transfer_of(a.config.name, work)) {}

attempt_list batch_state::open() {
    attempt_list open;
    for (auto& a : files)
        if (!a.settled) open.push_back(&a);
    return open;
}

void batch_state::take_end(const process_end& end, bool progressed) {
    last_progress = archive.environment.clock.steady_now();
    if (end.finished() || result.error) return;
    result.error = end.error;
    result.progressed = progressed;
}

bool batch_state::mode_changed() {
    if (archive.direct() == direct) return false;
    if (!result.error)
        result.error = failure{failure_code::staging_unavailable, "go on with a batch to",
                               archive.transport.name(), "staging came or went meanwhile"};
    return true;
}

void batch_state::hold_back(attempt& a, const std::string& reason) {
    a.facts.now = archive.now();
    auto o = outcome_of({verdict::held_up, unusable_directories::shown(reason), {}}, a.facts);
    o.next_attempt = archive.directories.met(a.facts.row.remote_path, reason, a.facts.now);
    a.settle(std::move(o));
    result.held_back = true;
}

void batch_state::refuse_name(attempt& a, const std::string& listed_as) {
    a.facts.now = archive.now();
    a.judged = {
        verdict::conflict,
        fmt::format(
            "the destination takes {} and {} for one name, and a file stands there as the latter: register this file under another remote path, or move that one away there",
            a.facts.row.remote_path, listed_as.empty() ? "another name" : listed_as),
        {}};
    a.facts.remote_md5.reset();
    a.settle(outcome_of(a.judged, a.facts));
}

void batch_state::find_original(attempt& a) {
    a.facts.now = archive.now();
    a.judged = {verdict::not_a_copy, not_a_copy_reason(a.facts.row), {}};
    a.settle(outcome_of(a.judged, a.facts));
    archive.originals.met(a.facts.row, archive.transport.name(), a.facts.now);
    result.uncertain.push_back(a.facts.row.id);
}

void batch_state::take_published(attempt& a, publish_outcome outcome, const std::string& detail,
                                 const std::optional<remote_object>& object) {
    if (is_the_local_file(a.facts.after.value_or(a.facts.before), object)) return find_original(a);
    switch (outcome) {
        case publish_outcome::replaced:
            log::tell<messages::content_replaced>({archive.config.name, a.facts.row.id,
                                                   a.facts.row.local_path, condition_kind::content_replaced},
                                                  a.facts.row.remote_path, detail);
            archive.tell_replaced(a.facts.row, detail);
            [[fallthrough]];
        case publish_outcome::published:
        case publish_outcome::already_there:
        case publish_outcome::superseded:
            // What stands there was not written by this attempt.
            if (outcome == publish_outcome::already_there) a.facts.sent_whole = false;
            a.settle(verified_outcome(a.facts, a.judged, transferred_at));
            result.done.push_back(a.facts.row.remote_path);
            archive.directories.published(a.facts.row.remote_path);
            break;
        case publish_outcome::held_back:
            hold_back(a, detail);
            break;
        case publish_outcome::conflict:
            refuse_name(a, detail);
            break;
        case publish_outcome::refused:
            a.judged = {verdict::missing,
                        fmt::format("it could not be published at {}: {}", a.facts.row.remote_path, detail),
                        {}};
            a.settle(outcome_of(a.judged, a.facts));
            break;
        case publish_outcome::unverified:
            a.judged = {};
            break;
        case publish_outcome::unknown:
            result.uncertain.push_back(a.facts.row.id);
            a.settled = true;
            break;
    }
}

double batch_state::seconds_since(std::chrono::steady_clock::time_point begun) const {
    return std::chrono::duration<double>(archive.environment.clock.steady_now() - begun).count();
}

asio::awaitable<digest_report> batch_state::ask_digests(digest_request request) {
    const auto begun = archive.environment.clock.steady_now();
    flight.enter(flight_stage::verifying);
    request.from_disk = from_disk();
    if (request.from_disk) {
        stat_request sync;
        // Published files may lie on several file systems.
        if (!request.slot) sync.remote_paths = request.remote_paths;
        const auto synced = co_await synced_stat(archive, std::move(sync));
        if (!synced.end.finished()) co_return digest_report{synced.end, {}, {}};
    }
    auto report = co_await archive.transport.digests(std::move(request));
    archive.instruments.verifications.observe(seconds_since(begun));
    if (!from_disk()) co_return report;
    std::vector<read_source> sources;
    for (std::size_t i = 0; i < report.sources.size() && i < report.md5.size(); ++i)
        if (report.md5[i]) sources.push_back(report.sources[i]);
    tell_read_sources(archive, sources);
    co_return report;
}

void batch_state::take_problem(attempt& a, const failure& why, bool reading) {
    a.facts.local_problem = why.text();
    a.facts.of_the_place = is_of_the_place(why);
    if (a.facts.of_the_place) archive.places.met_problem(a.facts.row.local_path, why, archive.now(), reading);
}

void batch_state::settle_unreadable(attempt& a, const failure& why) {
    take_problem(a, why, true);
    a.facts.now = archive.now();
    a.settle(outcome_of(judge(a.facts), a.facts));
}

asio::awaitable<void> batch_state::open_files() {
    const auto which = open();
    const auto now = archive.now();
    auto opened = co_await archive.environment.disk.open(local_paths_of(which), archive.config.file_roots());
    for (std::size_t i = 0; i < which.size() && i < opened.size(); ++i) {
        auto& a = *which[i];
        if (opened[i]) {
            a.facts.opened_at = now;
            a.facts.before = opened[i]->identity;
            a.facts.real_path = opened[i]->real_path;
            a.opened = std::move(*opened[i]);
            continue;
        }
        settle_unreadable(a, opened[i].error());
    }
}

asio::awaitable<void> batch_state::hash(attempt_list which) {
    if (which.empty()) co_return;
    std::vector<open_file> opened;
    const auto progress = std::make_shared<digest_progress>();
    for (const auto* a : which) {
        progress->total += a->facts.before.size;
        opened.push_back(*a->opened);
    }
    hashing = true;
    if (!staging) flight.enter(flight_stage::hashing);
    flight.hashes(progress, [&which] { return ids_of(which); });
    auto digests = co_await archive.environment.disk.digest_open(std::move(opened), progress);
    flight.hashed();
    hashing = false;
    for (std::size_t i = 0; i < which.size() && i < digests.size(); ++i) {
        auto& facts = which[i]->facts;
        if (!digests[i]) {
            if (digests[i].error().code != failure_code::stopped)
                take_problem(*which[i], digests[i].error(), true);
            continue;
        }
        archive.places.read(facts.row.local_path);
        facts.local_md5 = digests[i]->md5;
        // A file that changed under the hash shows as changed in the judgement, too.
        if (digests[i]->before != facts.before) facts.before = {};
    }
}

asio::awaitable<void> batch_state::stat_again(attempt_list which) {
    auto seen = co_await archive.environment.disk.stat(local_paths_of(which));
    for (std::size_t i = 0; i < which.size() && i < seen.size(); ++i) {
        auto& facts = which[i]->facts;
        facts.after.reset();
        if (seen[i])
            facts.after = *seen[i];
        else if (!facts.local_problem)
            take_problem(*which[i], seen[i].error(), false);
    }
}

}  // namespace suprsync

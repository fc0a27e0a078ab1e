#include "engine/run/batch_run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <span>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t files_in_last_copy = 1000;
constexpr std::uint64_t most_read_twice = plan_limits{}.bytes_per_batch;

bool any_known(const publish_report& report) {
    return std::any_of(report.outcomes.begin(), report.outcomes.end(), [](publish_outcome o) {
        return o != publish_outcome::unknown && o != publish_outcome::unverified;
    });
}

}  // namespace

batch_run::batch_run(archive_context& archive, batch work, std::unordered_set<file_id> ask_first)
    : archive_(archive),
      batch_(std::move(work)),
      ask_first_(std::move(ask_first)),
      direct_(archive.direct()),
      last_progress_(archive.environment.clock.steady_now()) {
    attempts_.reserve(batch_.files.size());
    for (const auto& file : batch_.files) {
        attempt a(file);
        a.facts.row = file.item.row;
        a.facts.before = file.local;
        attempts_.push_back(std::move(a));
    }
}

asio::awaitable<batch_result> batch_run::run() {
    report_start();
    co_await ask_destination();
    if (!result_.error && !open_attempts().empty()) {
        co_await stage_and_hash();
        const bool held = !result_.error;
        if (held) co_await deliver();
        // Where the link held until then and is lost now, the rest is for another time.
        const bool lost = held && result_.error;
        if (!lost && read_back_) co_await read_back();
        if (!lost) co_await publish();
    }
    co_await record();
    report_end();
    co_return std::move(result_);
}

std::vector<batch_run::attempt*> batch_run::open_attempts() {
    std::vector<attempt*> open;
    for (auto& a : attempts_)
        if (!a.settled) open.push_back(&a);
    return open;
}

void batch_run::settle(attempt& a, file_outcome outcome) {
    a.settled = true;
    a.outcome = std::move(outcome);
}

// Keeps the first trouble: what follows it is its consequence.
void batch_run::note_end(const process_end& end, bool progressed) {
    last_progress_ = archive_.environment.clock.steady_now();
    if (end.finished() || result_.error) return;
    result_.error = end.error;
    result_.progressed = progressed;
}

// A look at the destination may have found staging refused, or possible again: what is asked for now is not
// what was staged.
bool batch_run::mode_changed() {
    if (archive_.direct() == direct_) return false;
    if (!result_.error)
        result_.error = failure{failure_code::staging_unavailable, "go on with a batch to",
                                archive_.transport.name(), "staging came or went meanwhile"};
    return true;
}

// After a crash files may be published and not recorded; a predecessor may have copied without recording.
// Whatever has the right content counts as delivered and is not sent again.
asio::awaitable<void> batch_run::ask_destination() {
    std::vector<attempt*> asked;
    stat_request request;
    for (auto& a : attempts_)
        if (ask_first_.contains(a.facts.row.id)) {
            asked.push_back(&a);
            request.remote_paths.push_back(a.facts.row.remote_path);
        }
    if (asked.empty() || mode_changed()) co_return;
    auto report = co_await archive_.transport.stat(std::move(request));
    note_end(report.end);

    std::vector<attempt*> present;
    digest_request digests;
    for (std::size_t i = 0; i < asked.size() && i < report.answers.size(); ++i) {
        const auto& answer = report.answers[i];
        if (!answer.answered) {
            if (!result_.error) keep_off(*asked[i], "the destination did not say what stands there");
            continue;
        }
        result_.asked.push_back(asked[i]->facts.row.id);
        if (!answer.size) continue;
        if (*answer.size != asked[i]->facts.before.size && !direct_) continue;
        present.push_back(asked[i]);
        digests.remote_paths.push_back(asked[i]->facts.row.remote_path);
        digests.bytes += *answer.size;
    }
    if (present.empty() || result_.error) co_return;

    auto sums = co_await ask_digests(std::move(digests));
    note_end(sums.end);
    for (std::size_t i = 0; i < present.size() && i < sums.md5.size(); ++i) {
        present[i]->facts.remote_md5 = sums.md5[i];
        if (sums.md5[i] || result_.error) continue;
        const auto& complaints = sums.complaints;
        keep_off(*present[i], i < complaints.size() && complaints[i] ? *complaints[i] : "it cannot be read");
    }
    std::vector<attempt*> known;
    std::copy_if(present.begin(), present.end(), std::back_inserter(known),
                 [](const attempt* a) { return a->facts.remote_md5.has_value(); });
    std::vector<attempt*> unhashed;
    for (auto* a : known)
        if (must_hash(a->facts.row, a->facts.before)) unhashed.push_back(a);
    co_await hash(unhashed);
    co_await stat_again(known);
    for (auto* a : known) {
        a->facts.destination_answered = true;
        a->facts.now = archive_.now();
        const auto judged = judge(a->facts);
        if (judged.decision == verdict::publish) {
            a->judged = judged;
            auto outcome = verified_outcome(a->facts, judged, a->facts.row.copied.value_or(a->facts.now));
            // Nobody has read it in this attempt: it is hashed before it is deleted (spec 6.2).
            if (!a->facts.local_md5) outcome.identity.reset();
            settle(*a, std::move(outcome));
            result_.done.push_back(a->facts.row.remote_path);
        } else if (!is_ours(*a) && keep_off(*a, fmt::format("another file, MD5 {}", *a->facts.remote_md5))) {
            continue;
        } else {
            // What was learnt of the published file says nothing of the one to be staged.
            a->facts.remote_md5.reset();
            a->facts.destination_answered = false;
            a->facts.after.reset();
        }
    }
}

// What stands there is what this catalog wrote for this row or for its earlier version. rsync's temporary
// names keep a transfer that was cut short from leaving anything else.
bool batch_run::is_ours(const attempt& a) const {
    return a.file.supersedes_md5 == a.facts.remote_md5 || a.facts.row.remote_md5sum == a.facts.remote_md5 ||
           archive_.begun_directly.contains(a.facts.row.id);
}

// Without staging nothing keeps rsync from writing over a file that is not ours: what is not known to be ours
// is left alone. True where that is so.
bool batch_run::keep_off(attempt& a, const std::string& what) {
    if (!direct_) return false;
    a.facts.remote_md5.reset();
    const judgement foreign{
        verdict::missing,
        fmt::format(
            "a file that is not known to be ours may stand at {} ({}), and without staging it would be lost: move it away there, or set remote_staging_dir",
            a.facts.row.remote_path, what),
        {}};
    a.facts.now = archive_.now();
    settle(a, outcome_of(foreign, a.facts));
    return true;
}

asio::awaitable<void> batch_run::stage_and_hash() {
    using namespace asio::experimental::awaitable_operators;
    co_await (stage() && hash_needed());
}

asio::awaitable<void> batch_run::stage() {
    read_back_ = false;
    if (mode_changed()) co_return;
    auto open = open_attempts();
    stage_request request;
    request.slot = batch_.slot;
    request.mode = batch_.mode;
    for (const auto* a : open) {
        request.items.push_back({a->facts.row.local_path, a->facts.row.remote_path, a->facts.before.size});
        if (direct_) archive_.begun_directly.insert(a->facts.row.id);
    }
    request.progress = [this](std::uint64_t total) {
        const auto now = archive_.environment.clock.steady_now();
        if (total > bytes_sent_) archive_.meter.sent(now, total - bytes_sent_);
        note_sent(total);
        last_progress_ = now;
    };
    const auto begun = archive_.environment.clock.steady_now();
    auto report = co_await archive_.transport.stage(std::move(request));
    transferred_at_ = archive_.now();
    note_sent(report.bytes);
    archive_.instruments.transfers.observe(seconds_since(begun));
    ++archive_.instruments.rsync_exits[report.end.exit_class];
    result_.moved = report.bytes > 0;
    for (std::size_t i = 0; i < open.size() && i < report.complaints.size(); ++i)
        open[i]->facts.complaint = report.complaints[i];
    note_end(report.end, report.bytes > 0);
    if (report.end.exit_class != "0") {
        const bool limit = report.end.error && (report.end.error->code == failure_code::timed_out ||
                                                report.end.error->code == failure_code::stalled);
        if (limit) {
            ++archive_.environment.counters.errors_timeout;
            copy_.error = "timed out";
        } else if (!report.end.error || report.end.error->code != failure_code::stopped) {
            ++archive_.environment.counters.errors_nonzero;
            copy_.error = "nonzero exit";
        }
    }
    read_back_ = worth_reading_back(report, open.size());
}

// Whatever rsync ended with, each file is judged by its own sum (spec 4). But a single file that was cut
// short is not complete, and where nothing can be there, or nobody answers, asking would only cost time.
bool batch_run::worth_reading_back(const stage_report& staged, std::size_t files) {
    if (staged.end.finished()) return true;
    switch (staged.end.error->code) {
        case failure_code::io:
        case failure_code::not_permitted:
            return true;
        case failure_code::timed_out:
        case failure_code::no_space:
            return files > 1;
        case failure_code::connection:
        case failure_code::stalled:
            // Ended by itself, not by us: rsync met the end of its connection, or lost one of its processes.
            return files > 1 && staged.bytes > 0 && staged.end.exit_class != "stalled";
        default:
            return false;
    }
}

void batch_run::note_sent(std::uint64_t total) {
    if (total <= bytes_sent_) return;
    archive_.instruments.sent_bytes += total - bytes_sent_;
    bytes_sent_ = total;
}

asio::awaitable<void> batch_run::hash_needed() {
    std::vector<attempt*> needed;
    for (auto* a : open_attempts())
        if (!a->facts.local_md5 && must_hash(a->facts.row, a->facts.before)) needed.push_back(a);
    co_await hash(needed);
}

asio::awaitable<void> batch_run::hash(std::vector<attempt*> which) {
    if (which.empty()) co_return;
    std::vector<std::string> paths;
    for (const auto* a : which) paths.push_back(a->facts.row.local_path);
    auto digests = co_await archive_.environment.disk.digest(std::move(paths));
    for (std::size_t i = 0; i < which.size() && i < digests.size(); ++i) {
        auto& facts = which[i]->facts;
        if (!digests[i]) {
            if (digests[i].error().code != failure_code::stopped)
                facts.local_problem = digests[i].error().text();
            continue;
        }
        facts.local_md5 = digests[i]->md5;
        // A file that changed under the hash shows as changed in the judgement, too.
        if (digests[i]->before != facts.before) facts.before = {};
    }
}

asio::awaitable<void> batch_run::stat_again(std::vector<attempt*> which) {
    std::vector<std::string> paths;
    for (const auto* a : which) paths.push_back(a->facts.row.local_path);
    auto seen = co_await archive_.environment.disk.stat(std::move(paths));
    for (std::size_t i = 0; i < which.size() && i < seen.size(); ++i) {
        auto& facts = which[i]->facts;
        facts.after.reset();
        if (seen[i])
            facts.after = *seen[i];
        else if (!facts.local_problem)
            facts.local_problem = seen[i].error().text();
    }
}

double batch_run::seconds_since(std::chrono::steady_clock::time_point begun) const {
    return std::chrono::duration<double>(archive_.environment.clock.steady_now() - begun).count();
}

asio::awaitable<digest_report> batch_run::ask_digests(digest_request request) {
    const auto begun = archive_.environment.clock.steady_now();
    auto report = co_await archive_.transport.digests(std::move(request));
    archive_.instruments.verifications.observe(seconds_since(begun));
    co_return report;
}

asio::awaitable<void> batch_run::read_back() {
    auto open = open_attempts();
    if (open.empty() || mode_changed()) co_return;
    const bool connection_held = !result_.error;
    // An rsync that gives up (a write that fails) names the file that it failed on.
    const bool gave_up = result_.error && result_.error->code == failure_code::io;
    digest_request request;
    if (!direct_) request.slot = batch_.slot;
    for (const auto* a : open) {
        request.remote_paths.push_back(a->facts.row.remote_path);
        request.bytes += a->facts.before.size;
    }
    auto report = co_await ask_digests(std::move(request));
    const auto answered = [](const auto& md5) { return md5.has_value(); };
    note_end(report.end, std::any_of(report.md5.begin(), report.md5.end(), answered));
    for (std::size_t i = 0; i < open.size(); ++i) {
        auto& facts = open[i]->facts;
        const bool blamed = gave_up && report.end.finished() && facts.complaint;
        if (i < report.md5.size()) facts.remote_md5 = report.md5[i];
        if (i < report.complaints.size() && !facts.complaint) facts.complaint = report.complaints[i];
        // After a transfer that was cut short, a file that is not there or not complete is simply not sent
        // yet.
        facts.destination_answered = report.end.finished() && (connection_held || blamed);
        open[i]->blamed = blamed;
    }
    co_await judge_all(open);
    // Then it was that file's failure, and the others go on.
    if (std::any_of(open.begin(), open.end(), [](const attempt* a) { return a->blamed && a->settled; }))
        result_.error.reset();
}

asio::awaitable<void> batch_run::judge_all(std::vector<attempt*> which) {
    co_await stat_again(which);
    std::vector<attempt*> unhashed;
    for (auto* a : which) {
        a->facts.now = archive_.now();
        a->judged = judge(a->facts);
        if (a->judged.decision == verdict::need_hash && !a->facts.local_md5) unhashed.push_back(a);
    }
    if (!unhashed.empty()) {
        co_await hash(unhashed);
        co_await stat_again(unhashed);
        for (auto* a : unhashed)
            a->judged = a->facts.local_md5 || a->facts.local_problem ? judge(a->facts) : judgement{};
    }
    const bool cut_short = result_.error.has_value();
    for (auto* a : which) {
        // An incomplete copy differs of course.
        if (a->judged.decision == verdict::mismatch && a->blamed)
            a->judged = {verdict::missing, *a->facts.complaint, a->judged.expected};
        else if (a->judged.decision == verdict::mismatch && cut_short)
            a->judged = {};
        if (a->judged.decision == verdict::publish || a->judged.decision == verdict::no_answer ||
            a->judged.decision == verdict::need_hash)
            continue;
        auto outcome = outcome_of(a->judged, a->facts);
        if (outcome.remote_md5sum) outcome.copied = transferred_at_;
        settle(*a, std::move(outcome));
    }
}

// The common case, in one command: nothing went wrong here, and if every sum there is right, all is
// published. Whatever is not so goes the longer way, where each file is judged.
asio::awaitable<void> batch_run::deliver() {
    if (direct_ || batch_.mode != stage_mode::resume) co_return;
    const auto open = open_attempts();
    if (open.empty() || mode_changed()) co_return;
    // Where one turns out wrong, all are read there a second time.
    if (batch_.bytes > most_read_twice && open.size() > 1) co_return;
    co_await stat_again(open);
    std::vector<attempt*> ready;
    std::uint64_t bytes = 0;
    for (auto* a : open) {
        if (a->facts.complaint) continue;
        auto hoped_for = a->facts;
        hoped_for.now = archive_.now();
        hoped_for.destination_answered = true;
        hoped_for.remote_md5 = hoped_for.local_md5.value_or(hoped_for.row.local_md5sum);
        a->judged = judge(hoped_for);
        if (a->judged.decision != verdict::publish) continue;
        ready.push_back(a);
        bytes += a->facts.before.size;
    }
    if (!co_await drop_unwanted(ready) || ready.empty() || mode_changed()) co_return;
    const auto begun = archive_.environment.clock.steady_now();
    auto report = co_await archive_.transport.deliver(batch_.slot, publish_items(ready), bytes);
    const bool could = std::any_of(report.outcomes.begin(), report.outcomes.end(),
                                   [](auto outcome) { return outcome != publish_outcome::unverified; });
    if (could) archive_.instruments.verifications.observe(seconds_since(begun));
    note_end(report.end, any_known(report));
    // The identity that is kept is the one after the sums compared (spec 6.2).
    co_await stat_again(ready);
    for (std::size_t i = 0; i < ready.size(); ++i) {
        auto& facts = ready[i]->facts;
        facts.now = archive_.now();
        if (i >= report.outcomes.size() || report.outcomes[i] == publish_outcome::unverified) continue;
        facts.destination_answered = true;
        facts.remote_md5 = ready[i]->judged.expected;
    }
    take_outcomes(ready, report);
}

std::vector<publish_item> batch_run::publish_items(const std::vector<attempt*>& which) {
    std::vector<publish_item> items;
    for (const auto* a : which)
        items.push_back({a->facts.row.id, a->facts.row.remote_path, a->judged.expected,
                         a->file.supersedes_md5, a->facts.before.size});
    return items;
}

// Looks at the catalog once more before anything becomes visible; whoever is not wanted any more is left
// alone. False where the catalog does not answer.
asio::awaitable<bool> batch_run::drop_unwanted(std::vector<attempt*>& which) {
    if (which.empty()) co_return true;
    std::vector<file_row> rows;
    for (const auto* a : which) rows.push_back(a->facts.row);
    auto wanted = co_await archive_.environment.catalog.still_wanted(std::move(rows));
    if (!archive_.catalog_answered("still_wanted", wanted)) {
        if (!result_.error) result_.error = wanted.error();
        for (auto* a : which) a->settled = true;
        co_return false;
    }
    std::vector<attempt*> kept;
    for (std::size_t i = 0; i < which.size(); ++i) {
        if ((*wanted)[i])
            kept.push_back(which[i]);
        else
            which[i]->settled = true;
    }
    which = std::move(kept);
    co_return true;
}

asio::awaitable<void> batch_run::publish() {
    std::vector<attempt*> ready;
    for (auto* a : open_attempts())
        if (a->judged.decision == verdict::publish) ready.push_back(a);
    if (ready.empty() || mode_changed()) co_return;
    if (!co_await drop_unwanted(ready) || ready.empty() || mode_changed()) co_return;
    auto report = co_await archive_.transport.publish(batch_.slot, publish_items(ready));
    note_end(report.end, any_known(report));
    take_outcomes(ready, report);
}

void batch_run::take_outcomes(const std::vector<attempt*>& sent, const publish_report& report) {
    for (std::size_t i = 0; i < sent.size(); ++i) {
        auto& a = *sent[i];
        const auto outcome = i < report.outcomes.size() ? report.outcomes[i] : publish_outcome::unknown;
        const auto note = i < report.notes.size() ? report.notes[i] : std::string();
        switch (outcome) {
            case publish_outcome::replaced:
                spdlog::warn("[{}] other content stood at {}: it was moved to {}", archive_.config.name,
                             a.facts.row.remote_path, note);
                [[fallthrough]];
            case publish_outcome::published:
            case publish_outcome::already_there:
            case publish_outcome::superseded:
                settle(a, verified_outcome(a.facts, a.judged, transferred_at_));
                result_.done.push_back(a.facts.row.remote_path);
                break;
            case publish_outcome::refused: {
                a.judged = {verdict::missing,
                            fmt::format("it could not be published at {}: {}", a.facts.row.remote_path, note),
                            {}};
                settle(a, outcome_of(a.judged, a.facts));
                break;
            }
            case publish_outcome::unverified:
                a.judged = {};
                break;
            case publish_outcome::unknown:
                result_.uncertain.push_back(a.facts.row.id);
                a.settled = true;
                break;
        }
    }
}

asio::awaitable<void> batch_run::record() {
    std::vector<file_outcome> outcomes;
    for (auto& a : attempts_) {
        if (a.outcome) outcomes.push_back(*a.outcome);
        if (a.outcome && a.outcome->verified) archive_.begun_directly.erase(a.facts.row.id);
        if (!a.outcome || !a.outcome->verified) result_.left_staged.push_back(a.facts.row.remote_path);
    }
    if (outcomes.empty()) co_return;
    result_.moved = true;
    auto recorded = co_await archive_.environment.catalog.record(std::move(outcomes));
    if (archive_.catalog_answered("record", recorded)) {
        tell();
    } else if (recorded.error().code != failure_code::stopped) {
        spdlog::error("[{}] {}", archive_.config.name, recorded.error().text());
        if (!result_.error) result_.error = recorded.error();
        // What is published and not recorded is found there the next time.
        for (const auto& a : attempts_) result_.uncertain.push_back(a.facts.row.id);
    }
}

void batch_run::tell() {
    for (const auto& a : attempts_) {
        if (!a.outcome) continue;
        const bool transferred = transferred_at_ > 0 && a.outcome->copied == transferred_at_;
        archive_.outcomes.tell_copy(*a.outcome, transferred, a.facts.before.size);
    }
}

void batch_run::report_start() {
    copy_.start_time = archive_.now();
    // The newest ones come last.
    const auto shown = std::min(attempts_.size(), files_in_last_copy);
    for (const auto& a : std::span(attempts_).last(shown))
        copy_.files.emplace_back(a.facts.row.local_path, false);
    archive_.environment.last_copy = copy_;
    archive_.files_in_flight += static_cast<std::int64_t>(attempts_.size());
    archive_.bytes_in_flight += batch_.bytes;
}

void batch_run::report_end() {
    archive_.files_in_flight -= static_cast<std::int64_t>(attempts_.size());
    archive_.bytes_in_flight -= batch_.bytes;
    copy_.stop_time = archive_.now();
    copy_.files.clear();
    std::vector<outcome_log::batch_file> files;
    files.reserve(attempts_.size());
    for (const auto& a : attempts_) {
        outcome_log::batch_file file{a.facts.row, a.facts.before.size, false, {}};
        if (a.outcome) file.verified = a.outcome->verified;
        if (a.outcome && a.outcome->error) file.error = *a.outcome->error;
        files.push_back(file);
    }
    const auto shown = std::min(files.size(), files_in_last_copy);
    for (const auto& file : std::span(files).last(shown))
        copy_.files.emplace_back(file.row.local_path, file.verified);
    const auto [verified, failed] =
        archive_.outcomes.log_batch(files, batch_.bytes, *copy_.stop_time - copy_.start_time, result_.error);
    archive_.environment.counters.copies += verified;
    archive_.files_verified += static_cast<std::int64_t>(verified);
    archive_.meter.verified(archive_.environment.clock.steady_now(), verified);
    if (!archive_.environment.last_copy || archive_.environment.last_copy->start_time <= copy_.start_time)
        archive_.environment.last_copy = copy_;
}

}  // namespace suprsync

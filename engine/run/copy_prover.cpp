#include "engine/run/copy_prover.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "engine/rules/copy_check.hpp"
#include "engine/rules/delete_guard.hpp"
#include "engine/rules/row_state.hpp"
#include "engine/run/lost_copies.hpp"
#include "engine/run/synced_stat.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double tried_again_after = 60;  // s
constexpr double next_round_after = 1;    // s, where one led to anything
// Nothing that was verified is in memory alone for longer than twice this, whoever asks for a sync; and
// another daemon on this catalog may find that something is doubtful.
constexpr double synced_every = 300;  // s

enum class finding { proved, damaged, read_from_memory, no_answer };

// `after_new_start`: what memory there holds of it can only come from the disk.
finding judge(const file_row& row, const stat_answer& copy, bool after_new_start) {
    // What is listed there under another name is another file's.
    if (copy.listed_as) return finding::damaged;
    if (!copy.answered) return finding::no_answer;
    if (copy.md5 != row.remote_md5sum) return finding::damaged;
    // What failed was to write what this kernel held; a file system's own memory is that of where it writes
    // to.
    return after_new_start || copy.source == read_source::disk || copy.source == read_source::own_memory
               ? finding::proved
               : finding::read_from_memory;
}

std::string why_not(finding found, const std::string& path, const stat_answer& copy) {
    if (found == finding::no_answer)
        return fmt::format("nothing is known of {} there: may the account there read it?", path);
    if (copy.source == read_source::cache)
        return fmt::format(
            "{} cannot be read from the disk there, its memory holds it: unmount and mount that file system, or restart that machine",
            path);
    return fmt::format(
        "nothing there tells whether {} is read from its disk: install fincore there (Debian: package util-linux-extra)",
        path);
}

// What went with the power, nobody takes away: it is sent again however often that happens.
deletion_record not_as_verified(const file_view& file, bool after_new_start, epoch_seconds now) {
    const auto judged = judge_lost_copy(
        after_new_start ? 0 : file.vanished,
        "a sync at the destination failed, its machine was started anew, or the file was ignored or gone for a time, and the copy there is not what was verified");
    deletion_record record;
    record.seen = file.row;
    record.outcome =
        judged.step == deletion_step::vanished ? deletion_outcome::vanished : deletion_outcome::lost_again;
    record.error = judged.reason;
    record.went_with_power = after_new_start;
    record.at = now;
    return record;
}

}  // namespace

asio::awaitable<void> copy_prover::run() {
    while (!archive_.stopping) {
        idle_ = waits_for_connection_ = false;
        const double wait = co_await prove_some();
        idle_ = wait > 0 && !waits_for_connection_;
        if (wait > 0) co_await archive_.prove_wake.wait_for(archive_.environment.clock, wait);
    }
}

// Returns the seconds until it is worth trying again without being woken; 0: there is more.
asio::awaitable<double> copy_prover::prove_some() {
    auto copies =
        co_await archive_.environment.catalog.load_unproved(archive_.config.name, after_, read_at_once_);
    if (!archive_.catalog_answered("load_unproved", copies)) co_return tried_again_after;
    if (copies->all) {
        after_ = beginning;
        if (!sync_fails_) archive_.clear(condition_kind::copies_unproved);
        const double wait = co_await sync_now_and_then();
        // What is verified after a failed sync may be doubtful, and nobody tells that.
        co_return copies->scanned_to != 0 ? std::min(tried_again_after, wait) : wait;
    }
    if (!archive_.environment.conditions.is_raised(condition_kind::copies_unproved, archive_.config.name))
        archive_.raise(
            condition_kind::copies_unproved,
            fmt::format(
                "copies at {} may not be on its disk, since a sync there failed, its machine was started anew before one, or their files were ignored or gone for a time. Look for errors of that disk (dmesg there). Every such copy is read anew before its local file is deleted or its day announced",
                archive_.transport.name()));
    if (archive_.rests()) co_return tried_again_after;
    waits_for_connection_ = archive_.connection.at(archive_.now()) != connection_state::phase::up;
    if (waits_for_connection_) co_return 1;
    if (copies->round_over) {
        // What is left was asked for in vain: another time. What was sent again meanwhile comes soon.
        after_ = beginning;
        co_return std::exchange(progressed_, false) ? next_round_after : tried_again_after;
    }
    co_return co_await read_anew(std::move(*copies));
}

asio::awaitable<double> copy_prover::sync_now_and_then() {
    const auto now = archive_.environment.clock.steady_now();
    const std::chrono::duration<double> since =
        archive_.synced_at ? now - *archive_.synced_at : std::chrono::duration<double>(synced_every);
    if (since.count() < synced_every && !sync_fails_) co_return std::max(1.0, synced_every - since.count());
    if (archive_.rests() || archive_.connection.at(archive_.now()) != connection_state::phase::up)
        co_return tried_again_after;
    const auto place = co_await archive_.environment.catalog.sync_place(archive_.config.name);
    if (!archive_.catalog_answered("sync_place", place)) co_return tried_again_after;
    const bool failed_before = std::exchange(sync_fails_, false);
    if (*place == 0) co_return failed_before ? next_round_after : synced_every;
    const auto report = co_await synced_stat(archive_, {});
    sync_fails_ = !report.end.finished() && fails_alone(report.end.error->code);
    if (sync_fails_)
        archive_.raise(
            condition_kind::copies_unproved,
            fmt::format(
                "what was copied last to {} may be in its memory alone, for its disk is not synced: {}; tried again every {:.0f} s",
                archive_.transport.name(), report.end.error->text(), tried_again_after));
    else if (!report.end.finished() && archive_.on_connection_error)
        archive_.on_connection_error(*report.end.error);
    co_return failed_before && !sync_fails_ ? next_round_after : tried_again_after;
}

// Files that take long to read, or cannot be, are no error of the connection.
double copy_prover::not_answered(const failure& error) {
    if (fails_alone(error.code)) {
        read_at_once_ = std::max<std::size_t>(1, read_at_once_ / 2);
        archive_.raise(
            condition_kind::copies_unproved,
            fmt::format("copies at {} are doubtful, and cannot be read anew: {}; tried again every {:.0f} s",
                        archive_.transport.name(), error.text(), tried_again_after));
    } else if (archive_.on_connection_error) {
        archive_.on_connection_error(error);
    }
    return tried_again_after;
}

asio::awaitable<double> copy_prover::read_anew(unproved_copies copies) {
    std::vector<file_id> done;
    std::erase_if(copies.files, [&](const file_view& file) {
        const bool settled = !is_verified(file.row);
        if (settled) done.push_back(file.row.id);
        return settled;
    });
    if (!copies.files.empty()) {
        stat_request request;
        request.md5 = request.from_disk = true;
        for (const auto& file : copies.files) {
            request.remote_paths.push_back(file.row.remote_path);
            request.bytes += file.bytes.value_or(bytes_of_unknown);
        }
        const auto failures = archive_.environment.failed_syncs;
        const auto report = co_await synced_stat(archive_, std::move(request));
        // What was read before another sync failed proves nothing.
        if (failures != archive_.environment.failed_syncs) co_return tried_again_after;
        if (!report.end.finished()) co_return not_answered(*report.end.error);
        read_at_once_ = read_at_once;
        const auto damaged = take_answers(copies, report.answers, done);
        if (!co_await record_deletions(archive_, damaged)) co_return tried_again_after;
    }
    progressed_ = progressed_ || !done.empty();
    auto recorded = co_await archive_.environment.catalog.record_proved(archive_.config.name, std::move(done),
                                                                        copies.scanned_to);
    if (!archive_.catalog_answered("record_proved", recorded)) co_return tried_again_after;
    after_ = copies.after;
    archive_.wake_all();
    co_return 0;
}

// What is to be sent again; what that is, and what is proved, is added to `done`.
std::vector<deletion_record> copy_prover::take_answers(const unproved_copies& copies,
                                                       const std::vector<stat_answer>& answers,
                                                       std::vector<file_id>& done) {
    // Two rows of one path share its answer, which is given once.
    std::map<std::string_view, const stat_answer*> by_path;
    for (std::size_t i = 0; i < copies.files.size(); ++i)
        by_path.emplace(copies.files[i].row.remote_path, &answers[i]);
    std::vector<deletion_record> damaged;
    std::string held_up;
    proof_counts counts;
    for (const auto& file : copies.files) {
        const auto& copy = *by_path.at(file.row.remote_path);
        const bool after_new_start = copies.after_new_start.contains(file.row.id);
        const auto found = judge(file.row, copy, after_new_start);
        if (found == finding::proved) {
            ++counts.files;
            counts.bytes += static_cast<std::int64_t>(file.bytes.value_or(0));
        }
        counts.mismatches += found == finding::damaged ? 1 : 0;
        if (found == finding::damaged)
            damaged.push_back(not_as_verified(file, after_new_start, archive_.now()));
        if (found == finding::proved || found == finding::damaged) {
            done.push_back(file.row.id);
        } else if (held_up.empty()) {
            held_up = why_not(found, file.row.remote_path, copy);
        }
    }
    archive_.count_proven(counts);
    if (!damaged.empty()) log_deletions(archive_, damaged);
    if (!held_up.empty())
        archive_.raise(
            condition_kind::copies_unproved,
            fmt::format("copies at {} are doubtful, and read anew: {}", archive_.transport.name(), held_up));
    return damaged;
}

}  // namespace suprsync

#include "engine/run/finalizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "engine/report/log.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/run/announcing.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Of what has failed for good, the first file and its reason; '' where nobody tells.
asio::awaitable<std::string> first_failed(archive_context& archive) {
    file_query query;
    query.archive = archive.config.name;
    query.state = "failed";
    query.limit = 1;
    const auto page = co_await archive.environment.catalog.list_files(std::move(query));
    if (!page || page->files.empty()) co_return "";
    const auto& first = page->files.front();
    co_return fmt::format("; the first is {} (id {}): {}", first.row.local_path, first.row.id,
                          first.last_error.value_or("no reason is known"));
}

}  // namespace

asio::awaitable<void> finalizer::run() {
    while (!archive_.stopping) {
        const double wait = co_await check_days();
        co_await archive_.finalize_wake.wait_for(archive_.environment.clock, wait);
    }
}

template <class T>
bool finalizer::catalog_answered(const std::string& operation, const result<T>& answer) {
    if (archive_.catalog_answered(operation, answer)) return true;
    if (answer.error().code != failure_code::changed) failed_ = true;
    return false;
}

asio::awaitable<void> finalizer::refresh_counts() {
    auto counts = co_await archive_.environment.catalog.counts(archive_.config.name);
    archive_.counts_known = catalog_answered("counts", counts);
    if (!archive_.counts_known) co_return;
    archive_.counts = std::move(*counts);
    if (archive_.counts.failed > 0) {
        const auto word = command_word(archive_.config.name);
        const auto first = co_await first_failed(archive_);
        archive_.raise(
            condition_kind::files_failed,
            fmt::format(
                "{} used up all attempts, left alone{}. All of them: suprsync list {} --state failed; mend the cause, then suprsync retry {} --state failed, or suprsync ignore ID",
                counted(archive_.counts.failed, "file"), first, word, word));
    } else {
        archive_.clear(condition_kind::files_failed);
        archive_.tell_lost_copies("");
    }
    if (const auto& undated = archive_.counts.undated; !undated.empty()) {
        const auto& first = undated.front();
        archive_.raise(
            condition_kind::undated_files,
            fmt::format(
                "rows whose timestamp is no time in seconds are copied, and their local files are never deleted by age; first: {} (id {}, timestamp {}); set their timestamp to the seconds since 1970, or ignore them",
                first.local_path, first.id, first.timestamp));
    } else {
        archive_.clear(condition_kind::undated_files);
    }
}

// Returns the seconds until it is worth checking again without being woken.
asio::awaitable<double> finalizer::check_days() {
    idle_ = false;
    failed_ = false;
    held_ = archive_.environment.clock_watch.holds();
    changes_checked_ = archive_.changes;
    co_await refresh_counts();
    // Not for each of a thousand days: the kernel is asked how far the clock may be wrong.
    auto now = archive_.environment.clock_watch.certainly_past();
    auto open = co_await archive_.environment.catalog.timecodes_to_finalize(archive_.config.name,
                                                                            newest_believed(now));
    if (!catalog_answered("timecodes_to_finalize", open)) {
        idle_ = ++failed_checks_ >= failed_checks_to_give_up;
        co_return 1;
    }
    double wait = archive_.config.sleep_time;
    bool wrote = false;
    bool pending = false;
    std::vector<open_timecode> blocked;
    std::erase_if(put_off_, [&](const auto& one) {
        return std::none_of(open->directories.begin(), open->directories.end(),
                            [&](const open_timecode& d) { return d.timecode == one.first; });
    });
    for (const auto& directory : open->directories) {
        if (archive_.stopping) co_return 0;
        const bool completed = is_completed(directory.timecode, open->newest_with_data, now);
        const auto step =
            next_step(directory, open->newest_with_data, now, put_off_since(directory.timecode));
        if (completed != directory.completed && step != finalization_step::finalize) {
            auto marked = co_await archive_.environment.catalog.mark_timecode(
                archive_.config.name, directory.timecode, completed, false);
            catalog_answered("mark_timecode", marked);
        }
        if (step == finalization_step::blocked) blocked.push_back(directory);
        if (step == finalization_step::too_soon) {
            wait = std::min(wait, between_revisions);
            pending = true;
        }
        if (step == finalization_step::not_quiet) {
            put_off_.emplace(directory.timecode, now);
            const auto quiet_at = directory.settled_at + quiet_before(directory.revision + 1);
            wait = std::min(wait, std::max(between_revisions, quiet_at - now));
        }
        if (step != finalization_step::finalize) continue;
        if (held_) continue;  // woken when the clock does not hold any more
        const bool finalized = co_await finalize(directory);
        now = archive_.environment.clock_watch.certainly_past();
        if (finalized) {
            put_off_.erase(directory.timecode);
            wrote = true;
        } else {
            wait = std::min(wait, 1.0);
            pending = true;
        }
    }
    report_blocked(blocked);
    if (failed_) {
        wait = std::min(wait, 1.0);
        pending = true;
    } else {
        if (std::exchange(raised_, false)) archive_.clear(condition_kind::finalization_failed);
        // A day that is not due any more is not tried again, and so its operations fail no more.
        for (const auto* operation :
             {"mark_timecode", "summarize", "begin_finalization", "register_finalization"})
            archive_.catalog_works(operation);
    }
    if (wrote) archive_.wake_all();
    failed_checks_ = failed_ ? failed_checks_ + 1 : 0;
    idle_ = !wrote && (!pending || failed_checks_ >= failed_checks_to_give_up);
    co_return wait;
}

// Whoever runs us once does not come back for a revision.
std::optional<epoch_seconds> finalizer::put_off_since(int timecode) const {
    if (archive_.environment.once) return 0;
    const auto found = put_off_.find(timecode);
    return found == put_off_.end() ? std::nullopt : std::optional(found->second);
}

asio::awaitable<bool> finalizer::finalize(const open_timecode& directory) {
    const auto& name = archive_.config.name;
    auto summary = co_await archive_.environment.catalog.summarize(name, directory.timecode);
    if (!catalog_answered("summarize", summary)) co_return false;
    if (!summary->synced) co_return false;  // a file came in between
    if (archive_.connection.at(archive_.now()) != connection_state::phase::up) {
        failed_ = true;  // the condition of the destination says why
        co_return false;
    }
    const auto allowed = co_await may_be_announced(archive_, directory.timecode);
    if (!allowed || !*allowed) {
        failed_ = true;
        if (!allowed) report_failure(allowed.error());
        co_return false;
    }
    auto row = co_await announce(
        archive_, *summary, "register_finalization", [&](registration file, epoch_seconds until) {
            return archive_.environment.catalog.register_finalization(name, *summary, std::move(file), until);
        });
    if (!row) {
        if (row.error().code != failure_code::changed) report_failure(row.error());
        co_return false;
    }
    log::info({.archive = name, .path = row->local_path, .kind = "finalized"},
              "timecode {} is finalized{}: {}, {}", directory.timecode,
              summary->revision > 1 ? fmt::format(" (revision {})", summary->revision) : "",
              counted(summary->num_files, "file"), row->local_path);
    ++archive_.instruments.finalizations;
    archive_.outcomes.tell_registration(*row);
    archive_.environment.events.publish(
        finalized_event{name, directory.timecode, summary->revision, summary->num_files, std::move(*row)});
    co_return true;
}

void finalizer::report_failure(const failure& f) {
    failed_ = true;
    raised_ = tell_not_announced(archive_, f) || raised_;
}

namespace {

std::string first_of(std::int64_t all, std::string_view what, const std::vector<std::string>& examples) {
    return fmt::format("{} {}: {}{}", all, what, fmt::join(examples, ", "),
                       all > static_cast<std::int64_t>(examples.size()) ? ", ..." : "");
}

std::string what_blocks(const open_timecode& d) {
    if (d.removed_there) return fmt::format("timecode {} (removed at the destination)", d.timecode);
    return fmt::format("timecode {} ({})", d.timecode,
                       d.failed > 0 ? first_of(d.failed, "failed", d.failed_examples)
                                    : first_of(d.lost, "lost", d.lost_examples));
}

}  // namespace

void finalizer::report_blocked(const std::vector<open_timecode>& blocked) {
    blocked_ = !blocked.empty();
    if (!blocked_) return archive_.clear(condition_kind::finalization_blocked);
    std::string what;
    for (const auto& d : blocked) {
        if (what.size() > 1000) {
            what += ", and more";
            break;
        }
        what += (what.empty() ? "" : ", ") + what_blocks(d);
    }
    const auto any = [&](auto applies) { return std::any_of(blocked.begin(), blocked.end(), applies); };
    const auto word = command_word(archive_.config.name);
    std::vector<std::string> reasons, remedies;
    if (any([](const auto& d) { return d.failed > 0; })) {
        reasons.emplace_back("failed files");
        remedies.push_back(fmt::format(
            "mend the cause, then suprsync retry {} --state failed, or suprsync ignore ID", word));
    }
    if (any([](const auto& d) { return d.lost > 0; })) {
        reasons.emplace_back("verified copies that are lost");
        remedies.push_back(fmt::format(
            "what is lost there and still here goes again with suprsync verify {} --requeue; what is to be gone: suprsync ignore ID",
            word));
    }
    if (any([](const auto& d) { return d.removed_there; })) {
        reasons.emplace_back("days that were removed at the destination");
        remedies.emplace_back("say what is right for those, as the condition day_removed tells");
    }
    archive_.raise(condition_kind::finalization_blocked,
                   fmt::format("only {} keep these from being finalized: {}; {}", fmt::join(reasons, ", or "),
                               what, fmt::join(remedies, "; ")));
}

}  // namespace suprsync

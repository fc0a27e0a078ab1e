// What the coroutines of one archive share: its configuration, the ports they work through, and the state of
// its destination. Lives on the loop thread.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/config/configuration.hpp"
#include "engine/loop/clock.hpp"
#include "engine/loop/wake.hpp"
#include "engine/model/shell_word.hpp"
#include "engine/ports/catalog.hpp"
#include "engine/ports/local_disk.hpp"
#include "engine/ports/transport.hpp"
#include "engine/report/activity_meter.hpp"
#include "engine/report/conditions.hpp"
#include "engine/report/event_feed.hpp"
#include "engine/report/metrics.hpp"
#include "engine/report/outcome_log.hpp"
#include "engine/report/recent_delays.hpp"
#include "engine/report/status_snapshot.hpp"
#include "engine/report/transfers.hpp"
#include "engine/rules/backoff.hpp"
#include "engine/rules/not_a_copy.hpp"
#include "engine/rules/unusable_directories.hpp"
#include "engine/run/clock_watch.hpp"
#include "engine/run/local_places.hpp"
#include "engine/run/removal_gate.hpp"

namespace suprsync {

/// The ports of the engine and what all archives share.
struct environment {
    boost::asio::any_io_executor executor;
    suprsync::catalog& catalog;
    suprsync::local_disk& disk;
    suprsync::clock& clock;
    condition_board& conditions;
    status_counters& counters;
    std::optional<suprsync::last_copy>& last_copy;
    random_source random;
    event_feed& events;
    removal_gate removals{executor};
    suprsync::clock_watch clock_watch{executor, clock, catalog};
    transfer_board transfers{clock};
    std::uint64_t failed_syncs = 0;  ///< whose recording was begun; what was read before them proves nothing
    /// A change that somebody asked for could not be written: it is tried whether anything can.
    bool writing_failed = false;
    /// What concerns other archives was recorded: their copies are doubtful since a sync failed, or rows of
    /// theirs are pending again. Every archive checks anew.
    std::function<void()> on_others_concerned{};
    std::uint64_t commits_of_others = 0;  ///< how often any were seen in the catalog
    bool once = false;                    ///< --once: what is there is settled, and nobody comes back
    bool stopping = false;                ///< the daemon, and not only an archive that a reload takes away
    bool grace_is_over = false;           ///< it ends now: what can be done by the next one is left to it
    /// Bytes of memory that programs may still have here; none: not known.
    std::function<std::uint64_t()> available_memory{};
    /// Files that batches hold open, of all archives together, and the archives that share them.
    std::size_t most_open_files = std::numeric_limits<std::size_t>::max();
    std::size_t archives = 0;

    std::size_t open_files_of_an_archive() const {
        return std::max<std::size_t>(1, most_open_files / std::max<std::size_t>(1, archives));
    }
};

struct archive_context {
    archive_context(suprsync::environment& r, archive_configuration c, suprsync::transport& t)
        : environment(r),
          config(std::move(c)),
          transport(t),
          outcomes(config.name, config.max_copy_attempts, r.events, instruments),
          copy_wake(r.executor),
          delete_wake(r.executor),
          prove_wake(r.executor),
          finalize_wake(r.executor),
          sum_wake(r.executor),
          scrub_wake(r.executor) {
        ++environment.archives;
    }
    archive_context(const archive_context&) = delete;
    archive_context& operator=(const archive_context&) = delete;
    ~archive_context() {
        --environment.archives;
        environment.clock_watch.forget(config.name);
    }

    suprsync::environment& environment;
    const archive_configuration config;
    suprsync::transport& transport;
    archive_instruments instruments;
    outcome_log outcomes;

    /// What the destination did to somebody other than the worker (the deleter) is told to the worker.
    std::function<void(const failure&)> on_connection_error;
    /// Counts everything that may give somebody work: a coroutine is idle only if it has checked since.
    std::uint64_t changes = 0;

    bool stopping = false;
    bool paused = false;
    std::string pause_reason;      ///< as the catalog has it
    bool paused_for_base = false;  ///< for the base directory, and by nobody's request
    bool ocs_stopped = false;      ///< beside `paused`, which knows nothing of it (spec, OCS)
    connection_state connection;
    std::string link_error;  ///< what the connection failed with last
    local_places places;
    destination_facts destination;  ///< as of the last probe
    unusable_directories directories;
    suprsync::originals originals;

    wake copy_wake;
    wake delete_wake;
    wake prove_wake;  ///< a sync failed
    wake finalize_wake;
    wake sum_wake;
    wake scrub_wake;

    status_counters counters;  ///< of this archive alone
    std::optional<suprsync::last_copy> last_copy;
    archive_counts counts;                              ///< as of the last change
    std::optional<disk_space> space_here, space_there;  ///< as of the last look; none: not known
    bool counts_known = false;  ///< they are, and the catalog could be asked last time
    activity_meter meter;
    recent_delays delays;
    std::int64_t files_in_flight = 0;
    std::uint64_t bytes_in_flight = 0;
    std::int64_t files_verified = 0;  ///< since the start
    std::int64_t files_deleted = 0;
    std::int64_t late_files = 0;
    bool deleting = false;
    bool announcing = false;              ///< a finalization file is written, and not registered yet
    std::optional<failure> sync_failure;  ///< of a sync at the destination; not on record in the catalog yet
    bool failed_sync_known = false;       ///< it is, and the destination has not been told that
    std::string boot_met;                 ///< of the destination: the one that the catalog was told last
    std::optional<std::chrono::steady_clock::time_point> synced_at;  ///< the last answered sync began
    epoch_seconds back_dated_at = 0;  ///< when a back-dated registration was last seen
    epoch_seconds replaced_at = 0;    ///< when other content was last moved away at the destination
    std::optional<epoch_seconds> next_attempt;
    /// Files that are being summed while their copy waits: no batch takes them meanwhile.
    std::unordered_set<file_id> being_summed;
    /// Unverified files that were sent without staging since the start: what stands at their places is ours.
    std::unordered_set<file_id> begun_directly;
    /// Files that are gone here and were taken to have arrived for an earlier registration, since the start:
    /// what of these is pending again is not there.
    std::unordered_set<file_id> taken_as_arrived;
    scrub_state scrub;                   ///< as of now; before it is known, what was counted since the start
    bool scrub_known = false;            ///< the catalog told what there was before
    bool scrub_unkept = false;           ///< it is another than the catalog has
    bool bad_copies_changed = true;      ///< those on record, since the scrubber read them
    std::vector<removed_day> days_told;  ///< of which the condition day_removed tells

    /// In the session data of the archive and of the daemon.
    void count(std::uint64_t status_counters::* which, std::uint64_t by = 1) {
        counters.*which += by;
        environment.counters.*which += by;
    }
    void tell_copy(const suprsync::last_copy& newest) {
        for (auto* shown : {&last_copy, &environment.last_copy})
            if (!*shown || (*shown)->start_time <= newest.start_time) *shown = newest;
    }

    /// Copies that were verified once were asked for again.
    void count_proven(const proof_counts& more) {
        scrub.proven.files += more.files;
        scrub.proven.bytes += more.bytes;
        scrub.proven.mismatches += more.mismatches;
        scrub_unkept = scrub_unkept || more != proof_counts{};
    }

    epoch_seconds now() const { return environment.clock.now(); }
    /// Of a file that is verified now.
    void observe_delay(const file_row& row) {
        if (!row.undated) delays.observe(environment.clock.steady_now(), now() - row.timestamp);
    }
    /// Takes no new work until somebody says otherwise.
    bool rests() const { return paused || ocs_stopped; }
    /// Staging is refused: files go straight to their place (spec, Staging and publishing).
    bool direct() const { return destination.staging.empty(); }
    /// Something changed: everybody checks again.
    void wake_all() {
        ++changes;
        copy_wake.notify();
        delete_wake.notify();
        finalize_wake.notify();
        sum_wake.notify();
        scrub_wake.notify();
    }
    void raise(const char* kind, const std::string& message) {
        environment.conditions.raise(kind, config.name, message);
    }
    /// Once: neither a reload nor a second request begins it anew or counts it.
    void pause() {
        paused = true;
        environment.removals.withdraw_all();
    }

    void raise_paused(const std::string& reason) {
        pause_reason = reason;
        const auto message =
            fmt::format("paused ({}): nothing is copied until it is resumed: suprsync resume {}", reason,
                        command_word(config.name));
        if (environment.conditions.is_raised(condition_kind::paused, config.name))
            environment.conditions.reword(condition_kind::paused, config.name, message);
        else
            raise(condition_kind::paused, message);
    }
    /// Somebody may believe that the content which stood there is safely copied (spec, Staging and
    /// publishing).
    void tell_replaced(const file_row& row, const std::string& moved_to) {
        replaced_at = now();
        raise(
            condition_kind::content_replaced,
            fmt::format(
                "other content stood at {} (now that of id {}) and was moved to {} there; where another catalog or host copies to the same path, its file is not there any more: give each its own paths",
                row.remote_path, row.id, moved_to));
    }
    /// Tells of the places of this machine that files wait for, and that they are over.
    void tell_places() {
        if (const auto news = places.news(now()))
            raise(condition_kind::source_unavailable, *news);
        else if (!places.has_problems())
            clear(condition_kind::source_unavailable);
    }
    /// `met`: files wait for a directory anew.
    void tell_directories(bool met) {
        directories.forget_unmet(now());
        const auto text = directories.text();
        if (text.empty()) return clear(condition_kind::directory_unusable);
        if (met)
            raise(condition_kind::directory_unusable,
                  "below " + transport.name() + " " + text +
                      ". Files for it wait and lose no attempt; they are tried again by themselves");
    }
    void tell_originals() {
        originals.forget_unmet(now());
        const auto text = originals.text();
        if (text.empty()) return clear(condition_kind::not_a_copy);
        raise(
            condition_kind::not_a_copy,
            fmt::format(
                "what stands at the destination is the local file itself ({}): there is no copy of it, so it is not verified and never deleted, and it is asked for again by itself; remote_basedir must be another place than that of the data",
                text));
    }
    void clear(const char* kind) { environment.conditions.clear(kind, config.name); }
    /// Copies that are lost, as deletion met them, and as they were asked for again; '' where there are none.
    /// The condition holds while one of the two does.
    void tell_lost_copies(std::string by_deletion) {
        lost_by_deletion_ = std::move(by_deletion);
        if (!lost_by_deletion_.empty()) return raise(condition_kind::copies_lost, lost_copies_text());
        if (lost_by_checks_.empty()) clear(condition_kind::copies_lost);
    }
    void tell_checked_copies(std::string by_checks) {
        if (lost_by_checks_ == by_checks) return;
        lost_by_checks_ = std::move(by_checks);
        const auto text = lost_copies_text();
        text.empty() ? clear(condition_kind::copies_lost) : raise(condition_kind::copies_lost, text);
    }

    /// Whether the catalog did an operation. A failure is a condition until the same operation works again,
    /// whatever others do. That the catalog was replaced is one of the whole daemon; that what was asked for
    /// is not so any more is an answer.
    template <class T>
    bool catalog_answered(const std::string& operation, const result<T>& answer) {
        if (answer || answer.error().code == failure_code::changed) {
            catalog_works(operation);
        } else if (answer.error().code != failure_code::stopped &&
                   answer.error().code != failure_code::replaced) {
            catalog_operations_failing.insert(operation);
            raise(condition_kind::catalog_error, answer.error().text());
        }
        return answer.has_value();
    }
    /// An operation works, or is not tried any more.
    void catalog_works(const std::string& operation) {
        if (catalog_operations_failing.erase(operation) > 0 && catalog_operations_failing.empty())
            clear(condition_kind::catalog_error);
    }
    std::set<std::string> catalog_operations_failing;

  private:
    std::string lost_copies_text() const {
        const bool both = !lost_by_deletion_.empty() && !lost_by_checks_.empty();
        return lost_by_deletion_ + (both ? ". " : "") + lost_by_checks_;
    }
    std::string lost_by_deletion_, lost_by_checks_;
};

}  // namespace suprsync

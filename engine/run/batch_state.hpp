// What the steps of one batch share: its files with what is known of each, what it will say of its
// destination, and the questions that several steps ask.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/rules/file_life.hpp"
#include "engine/rules/planner.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// What a batch says about its destination.
struct batch_result {
    /// Of the connection, of time, of space, of the slot, of the catalog; none: all went its way.
    std::optional<failure> error;
    bool moved = false;       ///< bytes arrived, or a file was settled
    bool progressed = false;  ///< what `error` ended had brought something: bytes, sums, published files
    std::vector<std::string> left_staged;  ///< remote paths of which something may lie in the slot
    std::vector<std::string> done;         ///< remote paths that lie there no more
    std::vector<file_id> uncertain;        ///< published or not: ask the destination before sending again
    bool held_back = false;                ///< a directory of a file cannot be used
    std::vector<file_id> asked;            ///< the destination was asked and does not have them
    std::uint64_t sent = 0;                ///< bytes
};

/// One file of a batch.
struct attempt {
    explicit attempt(const candidate& f) : file(f) {
        facts.row = f.item.row;
        facts.before = f.local;
    }
    const candidate& file;  ///< of the batch
    attempt_facts facts;
    judgement judged;
    std::optional<open_file> opened;  ///< for the whole attempt; none: it could not be, and it is settled
    bool settled = false;             ///< outcome (or that there is none) is final, take no further step
    bool blamed = false;              ///< rsync gave up on this file
    std::optional<file_outcome> outcome;

    void settle(file_outcome o) {
        settled = true;
        outcome = std::move(o);
    }
};

using attempt_list = std::vector<attempt*>;

/// Must stay in its place while a step runs: the steps refer to it.
struct batch_state {
    batch_state(archive_context& a, batch work, std::unordered_set<file_id> ask);
    batch_state(const batch_state&) = delete;
    batch_state& operator=(const batch_state&) = delete;

    archive_context& archive;
    const batch work;
    const std::unordered_set<file_id> ask_first;  ///< files that the destination may have already
    const bool direct;  ///< without staging; the archive may go over to the other way while the batch runs
    std::vector<attempt> files;
    const std::chrono::steady_clock::time_point begun_at;
    const std::string begun_in;  ///< the run of the destination's kernel; empty: not known
    batch_result result;
    std::optional<std::string> copy_error;  ///< "timed out" or "nonzero exit", of rsync
    bool worth_reading_back = true;
    std::uint64_t bytes_sent = 0;
    epoch_seconds transferred_at = 0;
    std::chrono::steady_clock::time_point last_progress;
    suprsync::flight flight;  ///< as it is told while it runs
    bool staging = false;
    bool hashing = false;

    /// Files for which something is left to be done.
    attempt_list open();

    /// A command at the destination ended; `progressed` where it had brought something. The first error is
    /// kept: what follows it is its consequence.
    void take_end(const process_end& end, bool progressed = false);

    /// Whether a probe meanwhile found staging refused, or possible again: what is asked for now is not what
    /// was staged.
    bool mode_changed();

    /// Nothing may be made in its directory, for the reason "directory//why": it waits, and loses no attempt.
    void hold_back(attempt& a, const std::string& reason);

    /// The destination takes its path for that of another file, which it lists: failed for good.
    void refuse_name(attempt& a, const std::string& listed_as);

    /// What is there is the local file itself: it waits, and the destination is asked before it is sent
    /// again.
    void find_original(attempt& a);

    /// What the destination made of a file that was to be published.
    void take_published(attempt& a, publish_outcome outcome, const std::string& detail,
                        const std::optional<remote_object>& object);

    /// Whether the copies are read from the disk there before they are verified.
    bool from_disk() const { return archive.config.verify_from == verify_kind::disk; }

    /// Asks for sums at the destination, after a sync there where they are read from the disk, and measures
    /// how long that takes.
    boost::asio::awaitable<digest_report> ask_digests(digest_request request);

    /// Opens the local files, once for all steps (facts.before); one that cannot be opened is settled.
    boost::asio::awaitable<void> open_files();

    /// Hashes local files; one that cannot be hashed has its local_problem.
    boost::asio::awaitable<void> hash(attempt_list which);

    /// Its local file cannot be read: settled with that, as a file of its own or of its place.
    void settle_unreadable(attempt& a, const failure& why);

    /// Why a local file cannot be looked at or (`reading`) read.
    void take_problem(attempt& a, const failure& why, bool reading);

    /// What the local files are now (facts.after).
    boost::asio::awaitable<void> stat_again(attempt_list which);

    double seconds_since(std::chrono::steady_clock::time_point begun) const;
};

}  // namespace suprsync

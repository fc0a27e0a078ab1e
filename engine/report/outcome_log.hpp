// Tells what became of the files of one archive: lines of the log for people (few where there are many
// files), and, once the outcome is committed, events for those who listen and figures for /metrics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/outcomes.hpp"
#include "engine/report/event_feed.hpp"
#include "engine/report/metrics.hpp"

namespace suprsync {

/// Belongs to the loop thread; the feed and the instruments must outlive it.
class outcome_log {
  public:
    outcome_log(std::string archive, int max_copy_attempts, event_feed& events, archive_instruments& figures)
        : archive_(std::move(archive)),
          max_copy_attempts_(max_copy_attempts),
          events_(events),
          figures_(figures) {}

    // ---- lines of the log, whether or not the outcome can be committed

    /// Files that were settled, or found unfit to be copied, without a transfer.
    void log_not_sent(const std::vector<file_outcome>& outcomes) const;

    struct batch_file {
        const file_row& row;
        std::uint64_t bytes = 0;
        bool verified = false;
        std::string_view error;  ///< empty: none
    };
    struct batch_totals {
        std::size_t verified = 0;
        std::size_t failed = 0;
    };
    /// The files of a batch that has ended after so many seconds, with what ended it before its time. Returns
    /// how many of them are verified and how many failed.
    batch_totals log_batch(const std::vector<batch_file>& files, std::uint64_t bytes, double seconds,
                           const std::optional<failure>& error) const;

    struct deletion_totals {
        std::size_t deleted = 0;
        std::size_t lost = 0;    ///< of which the destination lost the copy again
        std::string first_lost;  ///< with the reason
    };
    /// What became of files that were due. Those that were postponed without an error wait for others, and a
    /// person need not know. Returns the sums.
    deletion_totals log_deletions(const std::vector<deletion_record>& records) const;

    /// A file waits for another registration or for the catalog.
    void log_waiting(const file_row& row, const std::string& reason) const;

    // ---- events and figures, to be told after the commit: nothing is told that may not last

    /// An attempt to copy: `transferred` where it was sent in this attempt (and not only found delivered).
    void tell_copy(const file_outcome& outcome, bool transferred, std::optional<std::uint64_t> bytes);

    void tell_deletion(const deletion_record& record);

    /// A row that this daemon inserted itself.
    void tell_registration(const file_row& row) {
        ++registered_;
        events_.publish(file_event::of(row, file_event::kind::registered));
    }

    /// Rows told by tell_registration() since the last call of this: the catalog reports them, too.
    std::int64_t take_registered() { return std::exchange(registered_, 0); }

    /// Goes on where the log of the same archive under its earlier configuration ended.
    void follow(const outcome_log& earlier) { registered_ = earlier.registered_; }

  private:
    void tell_failure(const file_row& row, const std::string& reason, int attempts);

    const std::string archive_;
    const int max_copy_attempts_;
    event_feed& events_;
    archive_instruments& figures_;
    std::int64_t registered_ = 0;
};

}  // namespace suprsync

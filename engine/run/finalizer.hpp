// Tells downstream software when a day is complete: watches one archive's timecode directories, writes and
// registers their finalization files (spec, Timecode directories), and keeps the archive's figures for
// /status up to date.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class finalizer {
  public:
    explicit finalizer(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping: after every change, and every sleep_time (days become complete by
    /// themselves).
    boost::asio::awaitable<void> run();

    /// The last check found no directory that is due, or the third in a row met a failure: --once does not
    /// wait for a disk to be mended.
    bool idle() const {
        return idle_ && changes_checked_ == archive_.changes &&
               held_ == archive_.environment.clock_watch.holds();
    }

    /// In the last check something that is due could not be done.
    bool failed() const { return failed_; }

    /// In the last check a complete day waited for a person.
    bool blocked() const { return blocked_; }

    static constexpr int failed_checks_to_give_up = 3;

  private:
    boost::asio::awaitable<double> check_days();
    boost::asio::awaitable<bool> finalize(const open_timecode& directory);
    std::optional<epoch_seconds> put_off_since(int timecode) const;
    boost::asio::awaitable<void> refresh_counts();
    /// As archive_context::catalog_answered.
    template <class T>
    bool catalog_answered(const std::string& operation, const result<T>& answer);
    void report_failure(const failure& f);
    void report_blocked(const std::vector<open_timecode>& blocked);

    archive_context& archive_;
    bool failed_ = false;  // something failed in this check
    bool blocked_ = false;
    int failed_checks_ = 0;                 // in a row
    bool raised_ = false;                   // the condition finalization_failed is ours to end
    std::map<int, epoch_seconds> put_off_;  // directories that were not quiet, since when
    bool idle_ = false;
    bool held_ = false;                  // by the clock, at the last check
    std::uint64_t changes_checked_ = 0;  // archive_.changes at the last check
};

}  // namespace suprsync

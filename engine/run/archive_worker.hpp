// Copies one archive: looks for work, shapes batches, keeps several of them in flight, and takes in what
// became of each.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <list>
#include <unordered_set>

#include "engine/loop/task_group.hpp"
#include "engine/rules/batch_pace.hpp"
#include "engine/rules/lanes.hpp"
#include "engine/rules/staging_slots.hpp"
#include "engine/run/archive_context.hpp"
#include "engine/run/batch_run.hpp"
#include "engine/run/destination_watch.hpp"
#include "engine/run/staging_sweeper.hpp"

namespace suprsync {

class archive_worker {
  public:
    explicit archive_worker(archive_context& archive)
        : archive_(archive),
          slots_(archive.config.concurrency.value_or(lane_ladder::most_lanes) + spare_slots),
          sweeper_(archive, slots_),
          watch_(archive, slots_, sweeper_),
          batches_(archive.environment.executor),
          lanes_(archive.config.ssh_host ? lanes_at_first : local_lanes_at_first) {}

    /// Runs until archive.stopping; then takes no new work and returns when the batches in flight have ended.
    boost::asio::awaitable<void> run();

    std::size_t batches_in_flight() const { return running_.size(); }

    /// Nothing in flight, and the last check found nothing that can be tried without waiting.
    bool idle() const { return idle_ && changes_checked_ == archive_.changes && running_.empty(); }

    /// --once: the destination failed three times in a row, or all that is left waits for longer than anybody
    /// does who started it by hand.
    bool gave_up() const {
        return archive_.connection.failures_in_a_row() >= connection_failures_to_give_up ||
               (running_.empty() && waits_only_ && archive_.next_attempt &&
                *archive_.next_attempt - archive_.now() > longest_wait_of_once);
    }

    /// A batch has shown no sign of progress for far longer than its limits allow (for the watchdog).
    bool stuck() const;

    /// As an earlier daemon left it.
    void was_paused(const archive_memory& memory) { watch_.was_paused(memory); }

    /// A person resumes the archive; a base directory that it is paused for is taken as it is now.
    void resume() { watch_.resume(); }

    /// The destination is asked at once, and so is whether a base directory that is waited for is back.
    void try_now() { watch_.try_now(); }

    /// What made it rest is over: the destination is asked at once, and nothing else changes.
    void go_on() {
        archive_.connection.reset();
        archive_.wake_all();
    }

    static constexpr int connection_failures_to_give_up = 3;
    static constexpr double longest_wait_of_once = 60;  ///< s

  private:
    static constexpr std::size_t lanes_at_first = 8, local_lanes_at_first = 4;
    static constexpr std::size_t brief_at_a_time = 4;  // some are sent while others are verified
    static constexpr double longest_brief = 10;  // s; one that takes longer hangs, and keeps nobody waiting
    static constexpr double between_looks_at_lanes = 1;  // s

    boost::asio::awaitable<double> start_batches();
    boost::asio::awaitable<void> run_batch(batch b);
    std::unordered_set<file_id> to_be_asked(const batch& b) const;
    void take_ids(const batch_result& result);
    boost::asio::awaitable<void> take_result(const batch& work, const batch_result& result);
    boost::asio::awaitable<void> put_behind(const file_row& row);

    // archive_worker_lanes.cpp
    /// Batches that may be in flight, but for one of small files beside large ones (places()).
    std::size_t most_batches() const;
    std::size_t places() const;
    /// Nobody gave a number, and nothing stands against more than one.
    bool by_what_is_sent() const;
    /// So that how many are in flight is to be looked at now and then.
    bool adapts() const;
    /// Whether there are more lanes now.
    bool adapt_lanes();
    /// There is a place, and, where that is for small files alone, something new.
    bool may_look();
    /// Seconds after which it looks again, though nobody wakes it.
    double until_next_look() const;
    /// What is to be loaded to fill the places; its limit is 0 where no files may be opened.
    work_query next_query() const;
    plan_limits limits_of_a_plan(const std::vector<candidate>& candidates);
    std::size_t brief_in_flight() const;
    void learn(const batch_run& run, const batch_result& result);

    archive_context& archive_;
    staging_slots slots_;
    staging_sweeper sweeper_;
    destination_watch watch_;
    task_group batches_;
    std::list<batch_run*> running_;
    std::unordered_set<file_id> uncertain_;  // ask the destination before sending
    std::unordered_set<file_id> asked_;      // asked since the start: it does not have them
    std::unordered_set<file_id> in_flight_;
    std::size_t large_in_flight_ = 0;
    batch_pace pace_;
    lane_ladder lanes_;
    bool more_waits_ = false;      ///< than has a place
    std::uint64_t looked_at_ = 0;  ///< archive_.changes when it looked for work last
    std::size_t window_ = batch_pace::most_files_in_flight;  ///< files that a look at the catalog may bring
    std::optional<std::chrono::steady_clock::time_point> small_seen_;  ///< when files that go together waited
    epoch_seconds catalog_rests_ = 0;                                  // no batch before: the catalog failed
    bool idle_ = false;
    bool waits_only_ = false;            ///< the last check found nothing that can be tried yet
    std::uint64_t changes_checked_ = 0;  // archive_.changes at the last check
};

}  // namespace suprsync

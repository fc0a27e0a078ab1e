// Copies one archive: looks for work, shapes batches, keeps several of them in flight, and minds the link to
// the destination.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <list>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/loop/task_group.hpp"
#include "engine/run/archive_context.hpp"
#include "engine/run/batch_run.hpp"

namespace suprsync {

class archive_worker {
  public:
    explicit archive_worker(archive_context& archive);

    /// Runs until archive.stopping; then takes no new work and returns when the batches in flight have ended.
    boost::asio::awaitable<void> run();

    std::size_t batches_in_flight() const { return running_.size(); }

    /// Nothing in flight, and the last look found nothing that can be tried without waiting.
    bool idle() const { return idle_ && looked_at_ == archive_.changes && running_.empty(); }

    /// --once: the destination failed three times in a row.
    bool gave_up() const { return archive_.connection.failures_in_a_row() >= connection_failures_to_give_up; }

    /// A batch has shown no sign of progress for far longer than its limits allow (for the watchdog).
    bool stuck() const;

    /// A person resumes the archive: the base directory is taken as it is now.
    void resume();

    static constexpr int connection_failures_to_give_up = 3;

  private:
    struct slot_state {
        bool in_use = false;
        epoch_seconds held_until = 0;  // another process holds its lock
        int held_in_a_row = 0;         // times that it was found held; not 0: look again after held_until
    };

    boost::asio::awaitable<void> probe();
    boost::asio::awaitable<double> start_batches();
    boost::asio::awaitable<std::vector<candidate>> examine(std::vector<work_item> items);
    boost::asio::awaitable<void> run_batch(batch b);
    boost::asio::awaitable<void> adopt_leftovers(std::vector<staged_file> staged);
    void note_held(int slot);
    void forget_held(int slot);
    void note_held_slots(const std::vector<int>& held);
    /// When a slot that was found held is to be looked at again; none: no slot is.
    std::optional<epoch_seconds> look_at_held_slots() const;
    boost::asio::awaitable<void> sweep_unawaited();
    boost::asio::awaitable<void> make_room();
    boost::asio::awaitable<void> pause(const std::string& reason);
    boost::asio::awaitable<void> remember_base();
    void on_link_error(const failure& error, bool moved);
    void connection_works();
    boost::asio::awaitable<void> put_behind(const file_row& row);
    void connection_failed(const char* kind, const failure& error);
    std::size_t most_batches() const;
    std::vector<int> free_slots() const;

    archive_context& archive_;
    task_group batches_;
    std::list<batch_run*> running_;
    std::vector<slot_state> slots_;
    std::unordered_map<std::string, int> staged_in_;  // remote path -> slot in which something of it may lie
    std::unordered_set<file_id> uncertain_;           // ask the destination before sending
    std::unordered_set<file_id> asked_;               // asked since the start: it does not have them
    std::unordered_set<file_id> in_flight_;
    std::unordered_set<std::string> paths_in_flight_;
    std::size_t large_in_flight_ = 0;
    bool transfers_fail_ = false;  // though the destination answers: what is held is theirs to end
    bool one_at_a_time_ = false;   // after no space at the destination
    int no_space_in_a_row_ = 0;
    bool base_remembered_ = false;
    bool base_expected_ = false;        // anything was verified or recorded: it must not be missing
    epoch_seconds catalog_rests_ = 0;   // no batch before: the catalog failed
    bool accept_base_ = false;          // a person resumed: the base directory is right as it is
    std::size_t settled_at_sight_ = 0;  // files that the last examination settled without a transfer
    bool idle_ = false;
    std::uint64_t looked_at_ = 0;        // archive_.changes at the last look
    std::optional<failure> base_error_;  // to be turned into a pause by run()
};

}  // namespace suprsync

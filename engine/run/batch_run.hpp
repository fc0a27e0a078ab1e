// One batch from its first byte to its last row: staged while it is hashed here, summed there, each file
// judged by its own sum, published, recorded (architecture, "One file's way through"). Nothing rolls a batch
// back.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/rules/file_life.hpp"
#include "engine/rules/planner.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

/// What a batch says about its destination.
struct batch_result {
    std::optional<failure>
        error;  ///< of the link, of time, of space, of the slot, of the catalog; none: all went its way
    bool moved = false;       ///< bytes arrived, or a file was settled
    bool progressed = false;  ///< what `trouble` ended had brought something: bytes, sums, published files
    std::vector<std::string> left_staged;  ///< remote paths of which something may lie in the slot
    std::vector<std::string> done;         ///< remote paths that lie there no more
    std::vector<file_id> uncertain;        ///< published or not: ask the destination before sending again
    std::vector<file_id> asked;            ///< the destination was asked and does not have them
};

class batch_run {
  public:
    /// `ask_first`: files that the destination may have already.
    batch_run(archive_context& archive, batch work, std::unordered_set<file_id> ask_first);

    /// Runs it to its end; bounded by the transport's limits. Never throws for an expected failure.
    boost::asio::awaitable<batch_result> run();

    const batch& work() const { return batch_; }
    /// Monotonic time of the last sign of progress, for the watchdog.
    std::chrono::steady_clock::time_point last_progress() const { return last_progress_; }

  private:
    struct attempt {
        explicit attempt(const candidate& f) : file(f) {}
        const candidate& file;  // of batch_
        attempt_facts facts;
        judgement judged;
        bool settled = false;  // outcome (or that there is none) is final, take no further step
        bool blamed = false;   // rsync gave up on this file
        std::optional<file_outcome> outcome;
    };

    boost::asio::awaitable<void> ask_destination();
    bool keep_off(attempt& a, const std::string& what);
    boost::asio::awaitable<void> stage_and_hash();
    boost::asio::awaitable<void> stage();
    boost::asio::awaitable<void> read_back();
    boost::asio::awaitable<void> hash(std::vector<attempt*> which);
    boost::asio::awaitable<void> hash_needed();
    boost::asio::awaitable<void> stat_again(std::vector<attempt*> which);
    boost::asio::awaitable<void> judge_all(std::vector<attempt*> which);
    boost::asio::awaitable<void> deliver();
    boost::asio::awaitable<bool> drop_unwanted(std::vector<attempt*>& which);
    boost::asio::awaitable<void> publish();
    static std::vector<publish_item> publish_items(const std::vector<attempt*>& which);
    void take_outcomes(const std::vector<attempt*>& sent, const publish_report& report);
    boost::asio::awaitable<void> record();
    boost::asio::awaitable<digest_report> ask_digests(digest_request request);

    std::vector<attempt*> open_attempts();
    void settle(attempt& a, file_outcome outcome);
    void note_end(const process_end& end, bool progressed = false);
    bool mode_changed();
    bool is_ours(const attempt& a) const;
    static bool worth_reading_back(const stage_report& staged, std::size_t files);
    void note_sent(std::uint64_t total);
    double seconds_since(std::chrono::steady_clock::time_point begun) const;
    void tell();
    void report_start();
    void report_end();

    archive_context& archive_;
    batch batch_;
    std::unordered_set<file_id> ask_first_;
    std::vector<attempt> attempts_;
    batch_result result_;
    last_copy copy_;
    std::uint64_t bytes_sent_ = 0;
    epoch_seconds transferred_at_ = 0;
    const bool direct_;  ///< without staging; the archive may go over to the other way while the batch runs
    bool read_back_ = true;
    std::chrono::steady_clock::time_point last_progress_;
};

}  // namespace suprsync

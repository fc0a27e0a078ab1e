// What is in flight at this moment: batches of all archives, the stage of each and of its files. None of it
// is in the catalog: a process that ends takes it along, and nothing is lost by that (spec, The life of a
// file).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/model/digest_progress.hpp"
#include "engine/model/file.hpp"
#include "engine/report/activity_meter.hpp"

namespace suprsync {

/// What is being done with files in flight.
enum class flight_stage {
    hashing,     ///< their sums are computed here
    copying,     ///< rsync sends them
    verifying,   ///< their sums are computed there
    publishing,  ///< they are linked to their places
    sent,        ///< of a file alone: it lies there, and waits for others of its batch
};

/// As a file's state names it: "hashing", ...
std::string_view name_of(flight_stage stage);

/// A batch in flight, as it is shown.
struct transfer {
    std::uint64_t id = 0;  ///< of this daemon; increases
    std::string archive;
    flight_stage stage = flight_stage::copying;
    std::int64_t files = 0;
    std::int64_t files_sent = 0;      ///< of these, as far as rsync has told
    std::uint64_t bytes = 0;          ///< of all its files; 0: not known
    std::uint64_t bytes_done = 0;     ///< of these, as far as rsync has told
    std::uint64_t bytes_hashed = 0;   ///< read here for sums
    std::uint64_t bytes_to_hash = 0;  ///< of the files that are read for that now; 0: none is, or not known
    double bytes_per_second = 0;      ///< over the last 10 s
    epoch_seconds since = 0;          ///< its begin
    epoch_seconds stage_since = 0;
    std::string local_path;  ///< of its first file
    std::vector<file_id> ids;
    std::vector<file_id> sent_ids;  ///< of these, those that are `sent`
};

class transfer_board;

/// Asked only when somebody wants to know, and while the batch is in flight.
using ids_on_demand = std::function<std::vector<file_id>()>;

/// A batch on the board, from its begin to its end. Belongs to the loop thread; must not outlive the board.
class flight {
  public:
    flight(transfer_board& board, transfer begun);
    ~flight();
    flight(const flight&) = delete;
    flight& operator=(const flight&) = delete;

    void enter(flight_stage stage);
    /// So many of its files are sent from now on, in that order; none: nobody knows the order.
    void sends(std::size_t files, ids_on_demand in_order);
    /// So many bytes are sent by now, and so many of those files.
    void sent(std::uint64_t total, std::size_t files = 0);
    /// Sending has ended; `all` of it lies there.
    void sends_no_more(bool all);
    /// The sums of these are being computed, until hashed().
    void hashes(std::shared_ptr<const digest_progress> progress, ids_on_demand which);
    void hashed();

  private:
    transfer_board& board_;
    const std::uint64_t id_;
};

class transfer_board {
  public:
    explicit transfer_board(suprsync::clock& time) : clock_(time) {}
    transfer_board(const transfer_board&) = delete;
    transfer_board& operator=(const transfer_board&) = delete;

    /// All that is in flight, in the order of its begin; `with_ids`: of each file, too.
    std::vector<transfer> list(bool with_ids = false);

    /// Bytes of the archive's files in flight that are sent already.
    std::uint64_t bytes_done(const std::string& archive) const;

    /// What is being done with a file; none where it is not in flight.
    std::optional<flight_stage> stage_of(file_id id) const;

  private:
    friend class flight;
    struct entry {
        transfer known;
        activity_meter meter;
        std::int64_t files_before = 0;  // that were done with when sending began
        bool all_sent = false;
        ids_on_demand in_order;
        ids_on_demand which_hashed;
        std::shared_ptr<const digest_progress> hashing;
        // What was told on demand.
        mutable std::unordered_map<file_id, std::int64_t> places;  // in the order of sending
        mutable std::unordered_set<file_id> hashed_now;
    };

    static flight_stage stage_in(const entry& one, file_id id);

    suprsync::clock& clock_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, entry> entries_;
    std::unordered_map<file_id, std::uint64_t> by_file_;
};

}  // namespace suprsync

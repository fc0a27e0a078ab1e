// What is in flight at this moment: batches of all archives, the stage of each and of its files. None of it
// is in the catalog: a process that ends takes it along, and nothing is lost by that (spec, The life of a
// file).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/model/file.hpp"
#include "engine/report/activity_meter.hpp"

namespace suprsync {

/// What is being done with files in flight.
enum class flight_stage {
    hashing,     ///< their sums are computed here
    copying,     ///< rsync sends them
    verifying,   ///< their sums are computed there
    publishing,  ///< they are linked to their places
};

/// As a file's state names it: "hashing", ...
std::string_view name_of(flight_stage stage);

/// A batch in flight, as it is shown.
struct transfer {
    std::uint64_t id = 0;  ///< of this daemon; increases
    std::string archive;
    flight_stage stage = flight_stage::copying;
    std::int64_t files = 0;
    std::uint64_t bytes = 0;       ///< of all its files; 0: not known
    std::uint64_t bytes_done = 0;  ///< of these, as far as rsync has told
    double bytes_per_second = 0;   ///< over the last 10 s
    epoch_seconds since = 0;       ///< its begin
    epoch_seconds stage_since = 0;
    std::string local_path;  ///< of its first file
    std::vector<file_id> ids;
};

class transfer_board;

/// A batch on the board, from its begin to its end. Belongs to the loop thread; must not outlive the board.
class flight {
  public:
    flight(transfer_board& board, transfer begun);
    ~flight();
    flight(const flight&) = delete;
    flight& operator=(const flight&) = delete;

    void enter(flight_stage stage);
    /// So many bytes are sent by now.
    void sent(std::uint64_t total);
    /// All of it lies there.
    void sent_all();

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
    };

    suprsync::clock& clock_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, entry> entries_;
    std::unordered_map<file_id, std::uint64_t> by_file_;
};

}  // namespace suprsync

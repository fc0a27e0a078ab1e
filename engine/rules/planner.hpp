// Shapes batches: which of the files that may be copied travel together in one rsync, and in which staging
// slot. A pure decision; sizes and slots are given to it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/destination.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

/// A file that may be copied now, its local side checked.
struct candidate {
    work_item item;
    file_identity local;                        ///< as it was before anything read it
    std::optional<std::string> supersedes_md5;  ///< see claim
    std::optional<int> staged_in;               ///< slot in which an interrupted transfer left part of it
};

struct batch {
    int slot = 0;
    stage_mode mode = stage_mode::resume;
    std::vector<candidate> files;  ///< small ones first
    std::uint64_t bytes = 0;
    bool large = false;  ///< one file that travels alone for its size
    bool brief = false;  ///< less than a lane of its own is worth
};

/// Work is bytes, and what handling a file costs beside its own, as bytes that could be sent meanwhile.
struct plan_limits {
    std::size_t files_per_batch = std::numeric_limits<std::size_t>::max();
    std::uint64_t work_per_batch = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t bytes_per_batch = std::numeric_limits<std::uint64_t>::max();  ///< bytes alone
    std::uint64_t cost_of_a_file = 0;
    std::uint64_t alone_above = std::numeric_limits<std::uint64_t>::max();  ///< bytes of a file
    /// Bytes worth a batch of their own: from twice as many on they are shared by those that may start.
    std::uint64_t least_share = std::numeric_limits<std::uint64_t>::max();
    /// The same of files, among so many batches, where they are small on average: processors are what counts.
    std::uint64_t small_average = 0;  ///< bytes
    std::size_t least_files = std::numeric_limits<std::size_t>::max();
    std::size_t most_shares_of_files = 1;
    /// work_per_batch holds for so many batches in flight: if more are, each takes as much less.
    std::size_t measured_together = std::numeric_limits<std::size_t>::max();
    std::size_t in_flight = 0;     ///< batches, already
    std::vector<int> free_slots;   ///< in order of preference
    std::size_t most_batches = 0;  ///< batches that may be started now
    std::size_t most_large = 0;    ///< of these, batches of one large file
    /// Of these, brief ones: what comes while some are in flight goes together in the next.
    std::size_t most_brief = std::numeric_limits<std::size_t>::max();
};

struct plan {
    std::vector<batch> batches;
    std::size_t left = 0;  ///< candidates that found no place
};

/// Distributes candidates over free slots in their order (finalization files, untried, tried). A file that
/// lies partly in a slot goes to that slot or waits for it; files to be compared never share a process with
/// files to be resumed; finalization files are not held back by data: they fill the first batch of their own,
/// and it is never brief; files over `alone_above` travel alone.
plan plan_batches(std::vector<candidate> candidates, const plan_limits& limits);

}  // namespace suprsync

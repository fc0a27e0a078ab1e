// Shapes batches: which of the files that may be copied travel together in one rsync, and in which staging
// slot. A pure decision; sizes and slots are given to it.
#pragma once

#include <cstdint>
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
    std::vector<candidate> files;
    std::uint64_t bytes = 0;
};

/// What handling a file costs beside its bytes, as bytes that could be handled meanwhile.
inline constexpr std::uint64_t cost_of_a_file = 64ull << 10;

struct plan_limits {
    std::size_t files_per_batch = 2500;
    /// Above this, a batch takes no further file; a single larger file travels alone. Chosen so that a batch
    /// lasts long enough to be worth a process (some ms) and short enough that hashing at the destination
    /// overlaps the next transfer.
    std::uint64_t bytes_per_batch = 64ull << 20;
    /// Work (bytes, and cost_of_a_file for each file) that is worth a batch of its own: more than twice as
    /// much is shared evenly among the batches that may start.
    std::uint64_t least_share = 64ull << 20;
    std::vector<int> free_slots;   ///< in order of preference
    std::size_t most_batches = 0;  ///< batches that may be started now
    std::size_t most_large =
        0;  ///< of these, batches with a file over bytes_per_batch: one slot stays for small files
};

struct plan {
    std::vector<batch> batches;
    std::size_t left = 0;  ///< candidates that found no place
};

/// Distributes candidates over free slots in their order (finalization files, untried, tried). A file that
/// lies partly in a slot goes to that slot or waits for it; files to be compared never share a process with
/// files to be resumed; finalization files are not held back by data: they fill the first batch of their own;
/// files over bytes_per_batch travel alone. What is left is left only where no batch may take it.
plan plan_batches(std::vector<candidate> candidates, const plan_limits& limits);

}  // namespace suprsync

// How fast the batches of one archive go, and what one may hold, so that none lasts much longer than others
// can wait: as measured, batch by batch. A small state machine without time of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/rules/planner.hpp"

namespace suprsync {

/// What became of one batch: all of it arrived and was verified, or its time limit ended it.
struct batch_timing {
    std::size_t files = 0;
    std::uint64_t bytes = 0;   ///< that were sent
    double seconds = 0;        ///< from its begin until all was recorded
    std::size_t together = 1;  ///< batches that were in flight at its end, itself included
};

/// Time is taken as a time for each file and one for each byte, both measured. What a batch costs to start is
/// none of either: it is left out as far as it can be told, or batches would be made small where starting is
/// dear, and cost more.
class batch_pace {
  public:
    static constexpr double longest_batch = 10;  ///< s (spec, Start and order)
    static constexpr double worth_a_lane = 1;    ///< s of bytes
    /// Nor is less shared among lanes, where it does not take half of the longest batch: each costs some
    /// twenty processes here and there.
    static constexpr std::uint64_t least_bytes_shared = 16ull << 20;
    /// A batch may hold so much, however fast it goes: what is verified is told batch by batch.
    static constexpr std::uint64_t most_bytes = 256ull << 20;
    /// A file above this travels alone, however fast it goes: it is hashed here and there while others are
    /// sent.
    static constexpr std::uint64_t most_beside_others = 64ull << 20;
    static constexpr std::size_t most_files = 2500;  ///< of a batch, where nobody gave a number
    /// In all batches of an archive together: each costs some 4 kB of memory and a descriptor.
    static constexpr std::size_t most_files_in_flight = 20'000;
    /// Of smaller files on average, what they cost beside their bytes is most of it.
    static constexpr std::uint64_t small_average = 64ull << 10;
    /// Files are shared among lanes, too: one rsync for all that wait starts fewer processes, but keeps one
    /// processor busy here and one there (benchmarks/README.md).
    static constexpr std::size_t least_files_shared = 1000;
    static constexpr std::size_t most_shares_of_files = 4;
    /// Until something was measured, for each of so many batches: what it carries in 10 s at 3 MB/s.
    static constexpr std::uint64_t first_bytes = 32ull << 20;
    static constexpr std::size_t first_batches = 4;

    void took(const batch_timing& batch);

    /// Bytes a second that one batch carries while `together` are in flight: what was measured with fewer is
    /// taken as shared, which does no harm where it is not.
    double bytes_per_second(std::size_t together) const;

    /// Limits of size and number for a plan; `copy_timeout` is the time limit of one transfer (s). Slots, and
    /// what may be started, are the caller's.
    plan_limits limits(std::optional<double> copy_timeout) const;

  private:
    double seconds_a_file_ = 0.0003;
    double seconds_a_byte_ = longest_batch / static_cast<double>(first_bytes);
    std::size_t together_ = first_batches;
    bool measured_ = false;
};

/// How many files that wait are worth a look at a time, at most: what finds no place is looked at again and
/// again. The last look was at `loaded` files, of which `left` found none; `more` were there.
std::size_t next_window(std::size_t window, std::size_t loaded, std::size_t left, bool more);

}  // namespace suprsync

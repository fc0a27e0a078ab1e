// Over how many ssh channels the files of one batch are sent where our own program receives them. How many
// batches are in flight is another matter (engine/rules/lanes.hpp): they share the channels.
#pragma once

#include <cstddef>
#include <cstdint>

namespace suprsync {

/// One channel of ssh carries 2 MiB a round trip: as many as carry what a good link does, but none for less
/// than some megabytes, and one where the rate is limited. `round_trip` in seconds; 1 to `most`.
std::size_t batch_channels(double round_trip, std::uint64_t bytes, bool limited, std::size_t most);

}  // namespace suprsync

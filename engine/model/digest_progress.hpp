// How far the sums of local files are while they are computed: written by the threads that read, looked at by
// the loop.
#pragma once

#include <atomic>
#include <cstdint>

namespace suprsync {

struct digest_progress {
    std::atomic<std::uint64_t> bytes = 0;  ///< read by now
    std::atomic<std::uint64_t> total = 0;  ///< of all files, as far as their sizes are known
};

}  // namespace suprsync

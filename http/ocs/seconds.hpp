// Seconds of a configuration or a limit as the steady clock counts them.
#pragma once

#include <chrono>

namespace suprsync {

inline std::chrono::steady_clock::duration seconds_of(double seconds) {
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds));
}

}  // namespace suprsync

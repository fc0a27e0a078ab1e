// What the time of a file tells of when it was written.
#pragma once

#include "engine/model/file.hpp"

namespace suprsync {

/// The latest that its content can have been written. A time is that of the kernel's last tick, or has whole
/// seconds only (FAT: every second one): what was written just after a registration may be dated before it.
inline epoch_seconds written_by(const file_identity& local) {
    constexpr double tick = 0.01, coarse_tick = 2;  // s
    return local.mtime() + (local.mtime_ns % 1'000'000'000 == 0 ? coarse_tick : tick);
}

}  // namespace suprsync

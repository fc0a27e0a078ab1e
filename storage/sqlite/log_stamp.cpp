#include "storage/sqlite/log_stamp.hpp"

#include <sys/stat.h>

#include <chrono>

namespace suprsync {

namespace {

// Times of files come from a clock that ticks every few milliseconds (some file systems: every second or
// two).
constexpr std::chrono::nanoseconds tick = std::chrono::milliseconds(50);
constexpr std::chrono::nanoseconds coarse_tick = std::chrono::seconds(2);

}  // namespace

std::optional<log_stamp> look_at_log(const std::filesystem::path& database) {
    struct ::stat seen{};
    if (::stat((database.native() + "-wal").c_str(), &seen) != 0) return std::nullopt;
    const log_stamp stamp{seen.st_ino, seen.st_size,
                          std::int64_t{seen.st_mtim.tv_sec} * 1'000'000'000 + seen.st_mtim.tv_nsec};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto age = now - std::chrono::nanoseconds(stamp.written_ns);
    const bool whole_second = seen.st_mtim.tv_nsec == 0;
    if (age < (whole_second ? coarse_tick : tick)) return std::nullopt;
    return stamp;
}

}  // namespace suprsync

#include "engine/rules/space_level.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace suprsync {

namespace {

constexpr double nearly_full_below = 0.03;  // of a file system

double free_part(std::uint64_t free, std::uint64_t total) {
    return static_cast<double>(free) / static_cast<double>(total);
}

space_level level_of(std::uint64_t free, std::uint64_t total) {
    if (total == 0) return space_level::enough;
    if (free == 0) return space_level::full;
    return free_part(free, total) < nearly_full_below ? space_level::nearly_full : space_level::enough;
}

}  // namespace

space_level level_of(const disk_space& space) {
    return std::max(level_of(space.bytes_free, space.bytes_total),
                    level_of(space.inodes_free, space.inodes_total));
}

std::string scarce_in(const disk_space& space) {
    std::string text;
    if (level_of(space.bytes_free, space.bytes_total) != space_level::enough)
        text = fmt::format("{} free ({:.1f} %)", gigabytes(space.bytes_free),
                           free_part(space.bytes_free, space.bytes_total) * 100);
    if (level_of(space.inodes_free, space.inodes_total) != space_level::enough)
        text += fmt::format("{}{} inodes free ({:.1f} %)", text.empty() ? "" : ", ", space.inodes_free,
                            free_part(space.inodes_free, space.inodes_total) * 100);
    return text;
}

std::string gigabytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

}  // namespace suprsync

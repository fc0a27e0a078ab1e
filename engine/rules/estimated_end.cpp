#include "engine/rules/estimated_end.hpp"

#include <algorithm>

namespace suprsync {

namespace {

// None where a rate tells nothing.
std::optional<double> seconds_left(const remaining_work& left, double bytes_per_second,
                                   double files_per_second) {
    const double by_bytes = bytes_per_second > 0 ? static_cast<double>(left.bytes) / bytes_per_second : 0;
    const double by_files = files_per_second > 0 ? static_cast<double>(left.files) / files_per_second : 0;
    // Where no byte of known size is left, bytes tell nothing; where no file was verified, files do not.
    const double longer = std::max(by_bytes, by_files);
    if (longer <= 0) return std::nullopt;
    return longer;
}

}  // namespace

std::optional<epoch_seconds> estimated_end(epoch_seconds now, const remaining_work& left) {
    if (left.files <= 0 || left.held_up) return std::nullopt;
    auto seconds = seconds_left(left, left.bytes_per_second_1m, left.files_per_second_1m);
    if (!seconds) seconds = seconds_left(left, left.bytes_per_second_15m, left.files_per_second_15m);
    if (!seconds) return std::nullopt;
    return now + *seconds;
}

}  // namespace suprsync

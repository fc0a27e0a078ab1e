#include "engine/rules/batch_pace.hpp"

#include <algorithm>

namespace suprsync {

namespace {

// Of less, the start is what takes its time.
constexpr std::uint64_t least_bytes_told = 1 << 20;
constexpr double least_seconds_told = 10;
// What starting a batch costs at least on a link without delay, and at most on a long one (s).
constexpr double cheapest_start = 0.1, dearest_start = 1;
constexpr double most_seconds_a_file = 1;
constexpr double fastest = 1e-10, slowest = 1e-2;  // s a byte: 10 GB/s, 100 B/s
constexpr double of_copy_timeout = 0.25;
// Small files behind so many large ones are still seen.
constexpr std::size_t least_window = 1000;

}  // namespace

void batch_pace::took(const batch_timing& batch) {
    if (batch.bytes < least_bytes_told && batch.seconds < least_seconds_told) return;
    const auto files = static_cast<double>(batch.files);
    const auto bytes = std::max(1.0, static_cast<double>(batch.bytes));
    const double of_files = files * seconds_a_file_, of_bytes = bytes * seconds_a_byte_;
    const double expected = of_files + of_bytes;
    const double quick = std::max(batch.seconds - cheapest_start, batch.seconds / 2);
    const double slow = batch.seconds - dearest_start;
    if (quick < expected) {
        // It was faster. What files take is much the same everywhere; the rest are bytes.
        if (of_files < quick) {
            seconds_a_byte_ = (quick - of_files) / bytes;
        } else {
            seconds_a_file_ *= quick / expected;
            seconds_a_byte_ *= quick / expected;
        }
    } else if (slow > expected) {
        // It was slower: each part is, as far as it had been expected to count.
        const double more = slow / expected - 1;
        seconds_a_file_ *= 1 + more * of_files / expected;
        seconds_a_byte_ *= 1 + more * of_bytes / expected;
    } else {
        return;
    }
    seconds_a_file_ = std::min(seconds_a_file_, most_seconds_a_file);
    seconds_a_byte_ = std::clamp(seconds_a_byte_, fastest, slowest);
    together_ = std::max<std::size_t>(1, batch.together);
    measured_ = true;
}

double batch_pace::bytes_per_second(std::size_t together) const {
    const double shared = static_cast<double>(together_) / static_cast<double>(std::max(together, together_));
    return shared / seconds_a_byte_;
}

plan_limits batch_pace::limits(std::optional<double> copy_timeout) const {
    const double longest =
        copy_timeout ? std::min(longest_batch, *copy_timeout * of_copy_timeout) : longest_batch;
    const auto in = [&](double seconds) {
        return static_cast<std::uint64_t>(std::max(1.0, seconds / seconds_a_byte_));
    };
    plan_limits limits;
    limits.work_per_batch = in(longest);
    limits.bytes_per_batch = most_bytes;
    limits.cost_of_a_file = in(seconds_a_file_);
    limits.files_per_batch = static_cast<std::size_t>(
        std::clamp(longest / seconds_a_file_, 1.0, static_cast<double>(most_files_in_flight)));
    // What goes beside it waits for a quarter of the batch's time at most.
    limits.alone_above = std::min(most_beside_others, in(longest / 4));
    limits.least_share = measured_ ? std::min(std::max(in(worth_a_lane), least_bytes_shared), in(longest / 2))
                                   : least_bytes_shared;
    limits.small_average = small_average;
    limits.least_files = least_files_shared;
    limits.most_shares_of_files = most_shares_of_files;
    limits.measured_together = together_;
    return limits;
}

std::size_t next_window(std::size_t window, std::size_t loaded, std::size_t left, bool more) {
    if (!more) return window;
    if (left == 0) return std::min(batch_pace::most_files_in_flight, std::max(window, loaded * 4));
    return left > loaded / 2 ? std::max(least_window, loaded / 2) : window;
}

}  // namespace suprsync

#include "engine/rules/token_bucket.hpp"

#include <algorithm>

namespace suprsync {

namespace {

constexpr double burst = 0.1;        // s of the rate that idle senders save up
constexpr double piece_time = 0.05;  // s
constexpr double smallest_piece = 1024;

}  // namespace

void token_bucket::set_rate(double rate, double now) {
    const double owed = std::max(0.0, free_at_ - now) * rate_;
    rate_ = rate;
    free_at_ = rate > 0 ? now + owed / rate : now;
}

double token_bucket::take(std::uint64_t bytes, double now) {
    if (rate_ <= 0) return 0;
    free_at_ = std::max(free_at_, now - burst);
    const double wait = std::max(0.0, free_at_ - now);
    free_at_ += static_cast<double>(bytes) / rate_;
    return wait;
}

std::uint64_t token_bucket::piece(std::uint64_t most) const {
    if (rate_ <= 0) return most;
    const double wanted = std::max(smallest_piece, rate_ * piece_time);
    return wanted >= static_cast<double>(most) ? most : static_cast<std::uint64_t>(wanted);
}

}  // namespace suprsync

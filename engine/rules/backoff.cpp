#include "engine/rules/backoff.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace suprsync {

double exponential_delay(int failures, double first, double most, double random) {
    const double whole = std::min(most, first * std::exp2(std::clamp(failures, 1, 60) - 1));
    return whole / 2 + whole / 2 * random;
}

connection_state::phase connection_state::at(epoch_seconds now) const {
    if (phase_ == phase::down && retry_at_ && is_over(*retry_at_, now, most_delay)) return phase::probe;
    return phase_;
}

void connection_state::probe_started() { phase_ = phase::probing; }

void connection_state::answered() {
    phase_ = phase::up;
    retry_at_.reset();
    down_since_.reset();
}

void connection_state::succeeded() {
    if (phase_ != phase::up) return;  // a straggler says nothing of the connection as it is now
    failures_ = 0;
}

void connection_state::failed(epoch_seconds now, double random) {
    if (phase_ == phase::down) return;
    ++failures_;
    phase_ = phase::down;
    if (!down_since_) down_since_ = now;
    // Twice the least delay, of which at least half is waited.
    retry_at_ = now + exponential_delay(failures_, 2 * first_delay, most_delay, random);
}

void connection_state::reset() {
    phase_ = phase::probe;
    failures_ = 0;
    retry_at_.reset();
}

double file_retry_delay(int attempts) {
    constexpr std::array<double, 4> delays{10, 60, 600, longest_file_delay};
    return delays.at(static_cast<std::size_t>(std::clamp(attempts, 1, static_cast<int>(delays.size())) - 1));
}

double place_retry_delay(double problem_for) { return std::clamp(problem_for, 10.0, 120.0); }

}  // namespace suprsync

#include "engine/rules/lanes.hpp"

#include <algorithm>

namespace suprsync {

namespace {

// By how much more lanes must carry more to be worth it.
double gain_wanted(std::size_t fewer, std::size_t more) {
    return 0.5 * (static_cast<double>(lane_ladder::rungs.at(more)) /
                      static_cast<double>(lane_ladder::rungs.at(fewer)) -
                  1);
}

std::size_t highest_up_to(std::size_t lanes) {
    std::size_t rung = 0;
    while (rung + 1 < lane_ladder::rungs.size() && lane_ladder::rungs.at(rung + 1) <= lanes) ++rung;
    return rung;
}

}  // namespace

lane_ladder::lane_ladder(std::size_t first) : rung_(highest_up_to(first)), home_(rung_) {}

std::size_t lane_ladder::lanes() const { return std::min(rungs.at(rung_), allowed_); }

void lane_ladder::tell(double now, std::uint64_t bytes, std::size_t in_flight, bool waiting) {
    // A brief batch may go beside all lanes; what is above that belongs to another rung.
    const bool busy = waiting && in_flight >= lanes() && in_flight <= lanes() + 1;
    if (!busy) {
        running_.reset();
        settles_from_.reset();
        return;
    }
    if (!settles_from_) settles_from_ = now;
    if (!running_) {
        if (now - *settles_from_ >= settling) running_ = measurement{now, bytes};
        return;
    }
    const double seconds = now - running_->begun;
    if (seconds < measuring + measuring_of_one / static_cast<double>(lanes())) return;
    const auto rate = static_cast<double>(bytes - std::min(bytes, running_->bytes)) / seconds;
    running_ = measurement{now, bytes};
    measured(rate, now);
}

void lane_ladder::allow(std::size_t most) {
    allowed_ = std::max<std::size_t>(1, most);
    const auto highest = highest_up_to(allowed_);
    if (home_ > highest) {
        home_ = highest;
        home_rate_.reset();
    }
    if (rung_ > highest) begin(home_);
}

void lane_ladder::measured(double rate, double now) {
    if (rung_ == home_) {
        const bool changed =
            home_rate_ && (rate < *home_rate_ * (1 - other_link) || rate > *home_rate_ * (1 + other_link));
        if (rests_until_ && now < *rests_until_ && !changed) return;
        rests_until_.reset();
        home_rate_ = rate;
        up_tried_ = down_tried_ = false;
        return try_next(now);
    }
    const bool up = rung_ > home_;
    const bool better = up ? rate >= home_rate_.value_or(0) * (1 + gain_wanted(home_, rung_))
                           : home_rate_.value_or(0) < rate * (1 + gain_wanted(rung_, home_));
    (up ? up_tried_ : down_tried_) = true;
    if (better) {
        home_ = rung_;
        home_rate_ = rate;
        // It came from the other side, and the next one on this side is not known.
        up_tried_ = !up;
        down_tried_ = up;
    }
    try_next(now);
}

bool lane_ladder::may_try(std::size_t rung) const {
    return rung < rungs.size() && rungs.at(rung) <= allowed_;
}

void lane_ladder::try_next(double now) {
    if (!up_tried_ && may_try(home_ + 1)) return begin(home_ + 1);
    if (!down_tried_ && home_ > 0) return begin(home_ - 1);
    rests_until_ = now + resting;
    if (rung_ != home_) begin(home_);
}

void lane_ladder::begin(std::size_t rung) {
    rung_ = rung;
    running_.reset();
    settles_from_.reset();
}

}  // namespace suprsync

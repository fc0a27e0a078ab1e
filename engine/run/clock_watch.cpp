#include "engine/run/clock_watch.hpp"

#include <cmath>
#include <utility>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double every = 10;           // s
constexpr double recorded_within = 1;  // s: smaller corrections are not worth a write
constexpr double most_uncertain = 30;  // s: an answer that took longer vouches for no clock
constexpr double heard_holds = 7200;   // s that what a clock said is worth anything
constexpr double resolution = 1;       // s: what date(1) tells

}  // namespace

asio::awaitable<void> clock_watch::check() {
    asked_ = true;
    if (!loaded_ || !is_trusted() || holds()) {
        auto recorded = co_await catalog_.last_trusted_clock();
        if (!recorded) co_return;
        recorded_ = std::move(*recorded);
        if (!loaded_ || is_accepted(recorded_, clock_.reading())) last_ = recorded_;
        loaded_ = true;
    }
    const auto here = clock_.reading();
    if (state_at(here) != clock_state::trusted) co_return;
    last_ = trusted_now(here, last_);
    const bool is_recorded = recorded_ && recorded_->boot == last_->boot &&
                             recorded_->accepted == last_->accepted &&
                             std::abs(recorded_->set_to - last_->set_to) <= recorded_within;
    if (is_recorded || stopping_) co_return;
    auto recorded = co_await catalog_.trust_clock(*last_);
    if (recorded) recorded_ = last_ = std::move(*recorded);
}

asio::awaitable<void> clock_watch::run() {
    while (!stopping_) {
        co_await check();
        co_await wake_.wait_for(clock_, every);
    }
}

bool clock_watch::lacks_witness(const clock_reading& here) const {
    if (here.synchronized || is_accepted(last_, here)) return false;
    return !expected_.empty() || (in_vain_ && !any_answered_);
}

bool clock_watch::holds() const {
    const auto here = clock_.reading();
    if (asked_ && !loaded_) return true;
    return lacks_witness(here) || may_be_ahead(state_at(here), here, last_, others());
}

void clock_watch::tell_if_released() {
    if (std::exchange(held_, holds()) && !held_ && on_released) on_released();
}

std::string clock_watch::doubt() const {
    const auto here = clock_.reading();
    const auto state = state_at(here);
    if (state == clock_state::trusted && expected_.empty() && lacks_witness(here))
        return describe_without_witness(here);
    return describe(state, here, last_, others());
}

epoch_seconds clock_watch::certainly_past() const {
    const auto here = clock_.reading();
    return state_at(here) == clock_state::trusted ? clock_.now()
                                                  : suprsync::certainly_past(here, last_, others());
}

void clock_watch::heard_from(const std::string& archive, const clock_reading& asked, epoch_seconds said) {
    const double answered = clock_.reading().since_start;
    const double took = answered - asked.since_start;
    const destination_clock there{said - (asked.since_start + answered) / 2, took / 2 + resolution, answered};
    // What is a day ahead is not so for the time that the answer took.
    const bool differs_for_sure = differs(ahead_by(there, clock_.reading()), there.uncertainty);
    if (took / 2 > most_uncertain && !differs_for_sure) return;
    destinations_[archive] = there;
}

std::optional<double> clock_watch::difference_of(const std::string& archive) const {
    const auto place = destinations_.find(archive);
    if (place == destinations_.end()) return std::nullopt;
    const double seconds = ahead_by(place->second, clock_.reading());
    return differs(seconds, place->second.uncertainty) ? std::optional(seconds) : std::nullopt;
}

std::vector<destination_clock> clock_watch::others() const {
    std::vector<destination_clock> all;
    const double now = clock_.reading().since_start;
    for (const auto& [archive, there] : destinations_)
        if (now - there.heard_at < heard_holds) all.push_back(there);
    return all;
}

}  // namespace suprsync

#include "engine/run/history_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/rules/history_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double behind_the_minute = 0.05;  // s: the minute is over then by any clock
constexpr double longest_minute = 120;      // s: what took longer belongs to no minute
constexpr double clock_was_set = 5;         // s that the wall clock and the other one differ by
constexpr double between_steps = 0.1;       // s
constexpr double after_failure = 60;        // s

// What a counter counted since; all of it where it began anew.
template <class Number>
Number grown(Number now, Number before) {
    return now >= before ? now - before : now;
}

}  // namespace

history_keeper::figures history_keeper::figures_of(const archive_context& archive) {
    return {archive.instruments.sent_bytes, archive.instruments.verified_bytes, archive.files_verified,
            archive.instruments.verified_after};
}

void history_keeper::look() {
    before_.clear();
    for (const auto& s : archives_)
        if (s.opened) before_.emplace(s.context.config.name, figures_of(s.context));
    looked_at_ = environment_.clock.now();
    looked_at_steady_ = environment_.clock.steady_now();
}

// Of archives that were there at the last look, and are known now.
std::vector<archive_minute> history_keeper::take_minute() {
    std::vector<archive_minute> minutes;
    const auto now = environment_.clock.now();
    const auto seconds =
        std::chrono::duration<double>(environment_.clock.steady_now() - looked_at_steady_).count();
    const bool one_minute = seconds > 0 && seconds <= longest_minute &&
                            std::abs(now - looked_at_ - seconds) <= clock_was_set &&
                            !environment_.clock_watch.holds();
    for (const auto& s : archives_) {
        const auto before = before_.find(s.context.config.name);
        if (!one_minute || before == before_.end() || !s.context.counts_known) continue;
        const auto seen = figures_of(s.context);
        auto& added = minutes.emplace_back(archive_minute{s.context.config.name, {}});
        auto& p = added.point;
        p.at = step_of(now - seconds / 2, history_minute);
        p.seconds = seconds;
        p.sent_bytes = grown(seen.sent_bytes, before->second.sent_bytes);
        p.verified_bytes = grown(seen.verified_bytes, before->second.verified_bytes);
        p.verified_files = grown(seen.verified_files, before->second.verified_files);
        p.verified_after = seen.verified_after.since(before->second.verified_after);
        const auto& counts = s.context.counts;
        p.waiting_files = std::max<std::int64_t>(0, counts.unsettled - counts.failed);
        p.failed_files = counts.failed;
        if (s.context.space_here) p.free_here = s.context.space_here->bytes_free;
        if (s.context.space_there) p.free_there = s.context.space_there->bytes_free;
    }
    look();
    return minutes;
}

asio::awaitable<void> history_keeper::run() {
    look();
    while (!stopping_) {
        const auto now = environment_.clock.now();
        co_await wake_.wait_for(environment_.clock,
                                step_of(now, history_minute) + history_minute - now + behind_the_minute);
        if (stopping_) break;
        auto minutes = take_minute();
        if (minutes.empty()) continue;
        const auto recorded =
            co_await environment_.catalog.record_history(std::move(minutes), environment_.clock.now());
        if (!recorded) spdlog::debug("a minute is missing in the history: {}", recorded.error().text());
    }
}

asio::awaitable<void> history_keeper::count_deletable() {
    if (std::exchange(counting_, true)) co_return;
    bool begin = true;
    while (!stopping_) {
        const auto counted = co_await environment_.catalog.count_deletable(begin);
        if (counted && *counted) {
            // Who shows what was not known reads it anew.
            if (!begin) wake_all(archives_);
            break;
        }
        if (counted) begin = false;
        co_await counting_wake_.wait_for(environment_.clock, counted ? between_steps : after_failure);
    }
    counting_ = false;
}

}  // namespace suprsync

#include "engine/run/housekeeper.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <set>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double round_every = 1;  // s
constexpr std::chrono::seconds space_every{60};
constexpr double locked_is_condition = 5;  // s
constexpr double back_dated_shown = 600;   // s, at least
constexpr double replaced_shown = 86400;   // s: somebody looks once a day
constexpr double nearly_full = 0.03;       // of a file system

}  // namespace

asio::awaitable<void> housekeeper::run() {
    std::optional<std::chrono::steady_clock::time_point> space_at;
    while (!stopping_) {
        environment_.counters.errors_sqlite = environment_.catalog.sqlite_errors();
        check_lock();
        check_clock();
        end_back_dated();
        end_replaced();
        if (const auto now = environment_.clock.steady_now(); !space_at || now - *space_at >= space_every) {
            space_at = now;
            co_await check_space();
        }
        co_await wake_.wait_for(environment_.clock, round_every);
    }
}

void housekeeper::check_lock() {
    const auto locked = environment_.catalog.locked_since();
    const auto now = environment_.clock.now();
    if (locked && now - *locked >= locked_is_condition)
        environment_.conditions.raise(
            condition_kind::database_locked, "",
            fmt::format(
                "{} has been locked by another program for {:.0f} s; waiting for it. Find it with: fuser -v {}",
                configuration_.db_path, now - *locked, configuration_.db_path));
    else if (!locked)
        environment_.conditions.clear(condition_kind::database_locked, "");
}

void housekeeper::check_clock() {
    auto& watch = environment_.clock_watch;
    if (const auto doubt = watch.doubt(); !doubt.empty()) {
        watch.check_soon();  // somebody may accept it
        environment_.conditions.raise(
            condition_kind::clock_untrusted, "",
            fmt::format("{}: suprsync accept-clock --db {}", doubt, configuration_.db_path));
    } else {
        environment_.conditions.clear(condition_kind::clock_untrusted, "");
    }
    watch.tell_if_released();
    for (auto& s : archives_)
        if (const auto seconds = watch.difference_of(s.context.config.name))
            s.context.raise(
                condition_kind::clock_difference,
                fmt::format("the clock at {} is {:.0f} s {} this machine's: set both by NTP", s.way->name(),
                            std::abs(*seconds), *seconds > 0 ? "ahead of" : "behind"));
        else
            s.context.clear(condition_kind::clock_difference);
}

// A registration is back-dated once and for all: the condition goes when its files have arrived.
void housekeeper::end_back_dated() {
    for (auto& s : archives_)
        if (s.context.counts.unsettled == 0 && s.context.now() - s.context.back_dated_at >= back_dated_shown)
            s.context.clear(condition_kind::back_dated);
}

// Whether two write to one path is seen only when it happens: the condition goes when it has not for a day.
void housekeeper::end_replaced() {
    for (auto& s : archives_)
        if (s.context.now() - s.context.replaced_at >= replaced_shown)
            s.context.clear(condition_kind::content_replaced);
}

asio::awaitable<void> housekeeper::check_space() {
    std::set<std::string> places(configuration_.local_roots.begin(), configuration_.local_roots.end());
    for (const auto& a : configuration_.archives) places.insert(a.local_roots.begin(), a.local_roots.end());
    places.insert(configuration_.db_path.substr(0, configuration_.db_path.find_last_of('/') + 1));
    std::string full;
    for (const auto& place : places) {
        auto space = co_await environment_.disk.space(place);
        if (!space || space->total == 0) continue;
        const double free = static_cast<double>(space->free) / static_cast<double>(space->total);
        if (free < nearly_full)
            full += fmt::format("{}{}: {:.1f} GB free ({:.1f} %)", full.empty() ? "" : ", ", place,
                                static_cast<double>(space->free) / 1e9, free * 100);
    }
    if (full.empty())
        environment_.conditions.clear(condition_kind::disk_nearly_full, "");
    else
        environment_.conditions.raise(
            condition_kind::disk_nearly_full, "",
            full +
                "; make room, or see what keeps files from being deleted (delete_local_after, conditions)");
}

}  // namespace suprsync

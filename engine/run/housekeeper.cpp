#include "engine/run/housekeeper.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include "engine/model/shell_word.hpp"
#include "engine/model/text.hpp"
#include "engine/rules/space_level.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double round_every = 1;  // s
constexpr std::chrono::seconds space_every{60};
constexpr std::chrono::seconds unserved_every{2};      // where others committed anything
constexpr std::chrono::seconds unserved_at_least{60};  // a daemon that ended tells nobody
constexpr double locked_is_condition = 5;              // s
constexpr double back_dated_shown = 600;               // s, at least
constexpr double replaced_shown = 86400;               // s: somebody looks once a day

}  // namespace

asio::awaitable<void> housekeeper::run() {
    while (!stopping_) {
        environment_.counters.errors_sqlite = environment_.catalog.sqlite_errors();
        check_lock();
        check_clock();
        end_back_dated();
        end_replaced();
        co_await wake_.wait_for(environment_.clock, round_every);
    }
}

asio::awaitable<void> housekeeper::ask() {
    std::optional<std::chrono::steady_clock::time_point> space_at, unserved_at;
    std::uint64_t commits_seen = 0;
    while (!stopping_) {
        co_await check_writing();
        const auto now = environment_.clock.steady_now();
        if (!space_at || now - *space_at >= space_every) {
            space_at = now;
            co_await check_space();
        }
        const auto commits = environment_.commits_of_others;
        if (!unserved_at ||
            now - *unserved_at >= (commits != commits_seen ? unserved_every : unserved_at_least)) {
            const bool asked = co_await check_unserved();
            if (asked) unserved_at = now, commits_seen = commits;
        }
        co_await ask_wake_.wait_for(environment_.clock, round_every);
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
                configuration_.db_path, now - *locked, command_word(configuration_.db_path)));
    else if (!locked)
        environment_.conditions.clear(condition_kind::database_locked, "");
}

void housekeeper::check_clock() {
    auto& watch = environment_.clock_watch;
    if (const auto doubt = watch.doubt(); !doubt.empty()) {
        watch.check_soon();  // somebody may accept it
        environment_.conditions.raise(
            condition_kind::clock_untrusted, "",
            fmt::format("{}: suprsync accept-clock --db {}", doubt, command_word(configuration_.db_path)));
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

// What was asked of us and could not be written is no coroutine's to try again.
asio::awaitable<void> housekeeper::check_writing() {
    if (!environment_.writing_failed) co_return;
    const auto written = co_await environment_.catalog.try_writing();
    if (written) {
        environment_.writing_failed = false;
        environment_.conditions.clear(condition_kind::catalog_error, "");
    } else if (written.error().code == failure_code::catalog) {
        environment_.conditions.raise(condition_kind::catalog_error, "", written.error().text());
    }
}

// Those that the configuration names, and one of each further file system on which registered files were
// seen.
asio::awaitable<std::set<std::string>> housekeeper::places() {
    const auto& c = configuration_;
    std::set<std::string> places(c.local_roots.begin(), c.local_roots.end());
    places.insert(directory_of(c.db_path));
    for (const auto& a : c.archives) {
        places.insert(a.local_roots.begin(), a.local_roots.end());
        places.insert(a.suprsync_file_root);
    }
    const auto devices = co_await environment_.disk.devices({places.begin(), places.end()});
    std::set<std::uint64_t> seen(devices.begin(), devices.end());
    for (const auto& s : archives_)
        for (const auto& [device, directory] : s.context.places.file_systems())
            if (seen.insert(device).second) places.insert(directory);
    co_return places;
}

asio::awaitable<void> housekeeper::check_space() {
    std::string full;
    const auto all = co_await places();
    for (const auto& place : all) {
        const auto space = co_await environment_.disk.space(place);
        if (space && level_of(*space) != space_level::enough)
            full += fmt::format("{}{}: {}", full.empty() ? "" : ", ", place, scarce_in(*space));
    }
    if (full.empty())
        environment_.conditions.clear(condition_kind::disk_nearly_full, "");
    else
        environment_.conditions.raise(
            condition_kind::disk_nearly_full, "",
            full +
                "; make room, or see what keeps files from being deleted (delete_local_after, conditions)");
}

// Asked only when all archives are served: before, the catalog may still be indexed, and nobody is late.
asio::awaitable<bool> housekeeper::check_unserved() {
    std::set<std::string> ours;
    for (const auto& s : archives_) {
        if (!s.opened) co_return false;
        ours.insert(s.context.config.name);
    }
    const auto known = co_await environment_.catalog.known_archives();
    if (!known) co_return false;
    unserved_.update(
        *known, ours,
        std::chrono::duration<double>(environment_.clock.steady_now().time_since_epoch()).count());
    if (const auto text = unserved_.text(); !text.empty())
        environment_.conditions.raise(condition_kind::unserved, "", text);
    else
        environment_.conditions.clear(condition_kind::unserved, "");
    co_return true;
}

}  // namespace suprsync

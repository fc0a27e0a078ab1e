// The base directory's part of destination_watch: whether it is the one that was recorded, and what holds
// while it is not.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/model/shell_word.hpp"
#include "engine/report/log.hpp"
#include "engine/run/destination_watch.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double base_checked_every = 30;  // s, while the archive is paused for it

// "host:/a/sub" and "host:/b" may be one directory: `below` is empty then.
std::string sentence_of(const neighbour_base& other, const std::string& own) {
    const bool ours_is_inner = other.offset.taken.empty();
    const auto& outer = ours_is_inner ? other.destination : own;
    const auto& inner = ours_is_inner ? own : other.destination;
    const auto& below = ours_is_inner ? other.offset.added : other.offset.taken;
    if (below.empty())
        return fmt::format(
            "{} is the same directory as {} of archive {}: equal remote paths are one file there", own,
            other.destination, other.archive);
    return fmt::format(
        "{0} is {1}/{2} (the other archive is {3}): remote paths of {1} that begin with {2} are files of both, and the staging directory of {0} should not lie there (remote_staging_dir)",
        inner, outer, below, other.archive);
}

}  // namespace

// Files of two archives that are one at the destination are claimants of it, however their archives spell it.
asio::awaitable<result<void>> destination_watch::record_base_place() {
    const auto place = archive_.destination.place;
    if (!place) co_return result<void>();
    // Also where it lies where it lay: for another archive the catalog may have been told otherwise since.
    const auto found = co_await archive_.environment.catalog.record_base_place(archive_.config.name, *place);
    if (!found) co_return found.error();
    if (std::exchange(place_, place) == place) co_return result<void>();
    for (const auto& one : *found) {
        const auto sentence = sentence_of(one, archive_.config.destination());
        if (one.offset == base_offset{})
            log::info({.archive = archive_.config.name}, "{}", sentence);
        else
            log::tell<messages::base_is_neighbour>({.archive = archive_.config.name}, sentence);
    }
    co_return result<void>();
}

asio::awaitable<void> destination_watch::remember_base() {
    if (base_remembered_) co_return;
    auto kept = co_await archive_.environment.catalog.remember_base(archive_.config.name,
                                                                    archive_.destination.identity);
    base_remembered_ = kept.has_value();
    base_expected_ = true;
}

void destination_watch::raise_base_directory(const std::string& why) {
    archive_.raise(
        condition_kind::base_directory,
        fmt::format(
            "{}; the archive is paused{}", why,
            base_remembered_
                ? ": mount the right file system, and it goes on by itself. To take the directory as it is: suprsync resume " +
                      command_word(archive_.config.name)
                : ": mount the right file system, then: suprsync resume " +
                      command_word(archive_.config.name)));
}

void destination_watch::was_paused(const archive_memory& memory) {
    archive_.paused = memory.paused;
    archive_.paused_for_base = memory.paused_for_base();
    if (!archive_.paused) return;
    if (!archive_.paused_for_base) return archive_.raise_paused(memory.pause_reason);
    archive_.pause_reason = memory.pause_reason;
    base_remembered_ = memory.base.has_value();
    raise_base_directory(memory.pause_reason.substr(base_pause.size()));
}

asio::awaitable<void> destination_watch::pause_where_base_is_wrong() {
    if (!base_error_) co_return;
    const auto why = std::exchange(base_error_, std::nullopt)->text();
    accept_base_ = false;
    raise_base_directory(why);
    // What a person asked for stays as it was asked for.
    if (archive_.paused && !archive_.paused_for_base) co_return;
    archive_.pause();
    archive_.paused_for_base = true;
    archive_.pause_reason = std::string(base_pause) + why;
    check_base_at_ = archive_.now() + base_checked_every;
    const auto reason = std::string(base_pause) + why;
    auto kept = co_await archive_.environment.catalog.set_paused(archive_.config.name, true, reason);
    // Whoever asks from outside is told so after some seconds.
    while (!kept && kept.error().code == failure_code::locked)
        kept = co_await archive_.environment.catalog.set_paused(archive_.config.name, true, reason);
    if (!kept)
        log::tell<messages::pause_not_recorded>({.archive = archive_.config.name}, kept.error().text());
}

// What is expected is looked at before anything is made there.
asio::awaitable<bool> destination_watch::base_is_back() {
    auto memory = co_await archive_.environment.catalog.memory(archive_.config.name);
    if (!archive_.catalog_answered("memory", memory) || !memory->base) co_return false;
    prepare_request request;
    request.catalog_uuid = archive_.environment.catalog.uuid();
    request.expected = memory->base;
    request.slots_in_use = slots_.in_use();
    const auto facts = co_await archive_.transport.prepare(std::move(request));
    if (!facts || !archive_.paused_for_base) co_return false;
    const auto ended = co_await archive_.environment.catalog.end_base_pause(archive_.config.name);
    // A person may have paused it meanwhile.
    co_return archive_.catalog_answered("end_base_pause", ended) && ended.value() && archive_.paused_for_base;
}

asio::awaitable<double> destination_watch::rest() {
    archive_.environment.clock_watch.forget(archive_.config.name);
    archive_.environment.clock_watch.tell_if_released();
    archive_.next_attempt.reset();
    if (!archive_.paused_for_base) co_return std::numeric_limits<double>::infinity();
    if (is_over(check_base_at_, archive_.now(), base_checked_every)) {
        check_base_at_ = archive_.now() + base_checked_every;
        if (co_await base_is_back()) {
            log::info({.archive = archive_.config.name},
                      "the base directory is the recorded one again: the archive goes on");
            go_on();
        }
    }
    co_return std::max(0.01, check_base_at_ - archive_.now());
}

void destination_watch::try_now() {
    check_base_at_ = 0;
    archive_.connection.reset();
    archive_.wake_all();
}

void destination_watch::resume() {
    accept_base_ = archive_.paused_for_base;
    go_on();
}

void destination_watch::go_on() {
    archive_.paused = archive_.paused_for_base = false;
    archive_.clear(condition_kind::base_directory);
    archive_.clear(condition_kind::paused);
    archive_.connection.reset();
    archive_.wake_all();
}

}  // namespace suprsync

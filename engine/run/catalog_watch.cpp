#include "engine/run/catalog_watch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double poll = 0.1;          // s; PRAGMA data_version costs microseconds
constexpr double poll_hearing = 0.8;  // s, where we are told of writes: nothing is to depend on that
constexpr double commit_takes = 1;    // s at most, mostly, from the first write until it can be seen

}  // namespace

asio::awaitable<void> catalog_watch::run() {
    while (!stopping_) {
        auto changes = co_await environment_.catalog.take_changes();
        double wait = next_look();
        if (changes) {
            take_in(*changes);
            if (changes->more) wait = 0;
            environment_.conditions.clear(condition_kind::catalog_error, "");
            if (!changes->changed && !changes->more && on_quiet) on_quiet();
            if (stopping_) co_return;
        } else if (changes.error().code != failure_code::stopped) {
            environment_.conditions.raise(condition_kind::catalog_error, "", changes.error().text());
            wait = 1;
        }
        co_await wake_.wait_for(environment_.clock, wait);
    }
}

// We hear of a transaction when its first page is written; with --once, its end is waited for.
double catalog_watch::next_look() const {
    if (once_ || !hears_of_writes || !hears_of_writes()) return poll;
    const std::chrono::duration<double> quiet = environment_.clock.steady_now() - written_at_;
    return quiet.count() < commit_takes ? poll : poll_hearing;
}

void catalog_watch::take_in(const catalog_changes& changes) {
    const auto changes_of = [&](const served_archive& s) {
        const auto found = changes.archives.find(s.context.config.name);
        return found == changes.archives.end() ? nullptr : &found->second;
    };
    for (auto& s : archives_) {
        // What this daemon inserted itself has been told of, file by file.
        const auto by_us = s.context.outcomes.take_registered();
        const auto* found = changes_of(s);
        const auto all = found ? found->registered : 0;
        if (all > by_us) environment_.events.publish(registrations_event{s.context.config.name, all - by_us});
    }
    if (!changes.changed && changes.archives.empty()) return;
    for (auto& s : archives_) {
        s.context.wake_all();
        if (const auto* found = changes_of(s)) take_in(s.context, *found);
    }
}

void catalog_watch::take_in(archive_context& archive, const archive_changes& changes) {
    if (!changes.late.empty()) {
        archive.late_files += static_cast<std::int64_t>(changes.late.size());
        spdlog::warn(
            "[{}] {} arrived for finalized timecode directories (first id {}); a new revision follows when all is settled",
            archive.config.name, counted(changes.late.size(), "file"), changes.late.front());
    }
    if (changes.back_dated_count > 0 && !changes.back_dated.empty()) {
        const auto& first = changes.back_dated.front();
        archive.back_dated_at = archive.now();
        archive.raise(
            condition_kind::back_dated,
            fmt::format(
                "{} registered with a date before the finalized_until that was published last, which readers may have passed by; first: {} (id {}, timestamp {:.0f})",
                counted(changes.back_dated_count, "file"), first.local_path, first.id, first.timestamp));
    }
}

}  // namespace suprsync

#include "engine/run/catalog_watch.hpp"

#include <fmt/format.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "engine/model/text.hpp"
#include "engine/report/log.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double poll = 1;         // s, where the catalog tells of no commit earlier
constexpr double poll_once = 0.1;  // s, with --once: its end is waited for

}  // namespace

double catalog_watch::longest_wait() const { return once_ ? poll_once : poll; }

asio::awaitable<void> catalog_watch::run() {
    using namespace asio::experimental::awaitable_operators;
    co_await (take_changes() || wait_for_others());
}

// Beside the other loop: a wait that each registration of this daemon ended and began anew would cost them.
asio::awaitable<void> catalog_watch::wait_for_others() {
    while (!stopping_) {
        co_await environment_.catalog.wait_for_changes(longest_wait());
        // One that fails is asked again after its time, whatever is committed meanwhile.
        if (!failing_) wake_.notify();
    }
}

asio::awaitable<void> catalog_watch::take_changes() {
    while (!stopping_) {
        auto changes = co_await environment_.catalog.take_changes();
        failing_ = !changes;
        if (changes) {
            take_in(*changes);
            if (!environment_.writing_failed)
                environment_.conditions.clear(condition_kind::catalog_error, "");
            if (!changes->changed && !changes->more && on_quiet) on_quiet();
            if (stopping_) co_return;
        } else if (changes.error().code == failure_code::replaced && on_replaced) {
            co_await on_replaced(changes.error());
        } else if (changes.error().code != failure_code::stopped) {
            environment_.conditions.raise(condition_kind::catalog_error, "", changes.error().text());
        }
        if (!changes || !changes->more) co_await wake_.wait_for(environment_.clock, longest_wait());
    }
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
    ++environment_.commits_of_others;
    wake_all(archives_);
    for (auto& s : archives_)
        if (const auto* found = changes_of(s)) take_in(s.context, *found);
}

void catalog_watch::take_in(archive_context& archive, const archive_changes& changes) {
    if (!changes.late.empty()) {
        archive.late_files += static_cast<std::int64_t>(changes.late.size());
        log::info(
            {.archive = archive.config.name},
            "{} arrived for finalized timecode directories (first id {}); a new revision follows when all is settled",
            counted(changes.late.size(), "file"), changes.late.front());
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

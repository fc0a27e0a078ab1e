// The daily digests of those who are told.
#include <fmt/format.h>

#include <algorithm>

#include "engine/loop/this_machine.hpp"
#include "engine/model/option_words.hpp"
#include "engine/run/notifier.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double look_every = 30;  // s: whether one is due

}  // namespace

asio::awaitable<void> notifier::watch_digests() {
    while (!stopping_) {
        co_await check_digests();
        co_await digest_wake_.wait_for(environment_.clock, look_every);
    }
}

asio::awaitable<void> notifier::check_digests() {
    std::vector<daily_time> hours;
    for (const auto& one : told_)
        if (!one.leaving && one.config.digest_at &&
            std::find(hours.begin(), hours.end(), *one.config.digest_at) == hours.end())
            hours.push_back(*one.config.digest_at);
    for (const auto& when : hours) co_await check_digest(when);
}

// It is recorded before it is told: after a crash in between, that of the day is missing, and never told
// twice.
asio::awaitable<void> notifier::check_digest(daily_time when) {
    const auto archives = archives_now();
    if (!archives) co_return;
    const auto name = fmt::format("{} {}", configuration_.instance_id, show_daily_time(when));
    const auto now = environment_.clock.now();
    digest_mark next{digest_day(when, now, utc_offset(now)), now, {}};
    for (const auto& archive : *archives) next.archives[archive.name] = archive.totals;
    auto last = digests_.find(name);
    if (last == digests_.end()) {
        const auto record = co_await environment_.catalog.last_digest(name);
        if (!record) co_return;
        auto mark = read_mark(*record);
        // The first one is that of a whole day.
        if (!mark) {
            const auto recorded = co_await environment_.catalog.record_digest(name, record_of(next));
            if (!recorded) co_return;
            mark = next;
        }
        last = digests_.insert_or_assign(name, std::move(*mark)).first;
    }
    if (!is_due(last->second, next.day)) co_return;
    const auto recorded = co_await environment_.catalog.record_digest(name, record_of(next));
    if (!recorded) co_return;
    std::vector<told_condition> conditions;
    for (const auto& c : environment_.conditions.list())
        conditions.push_back({c.kind, c.archive, c.message, c.since});
    for (auto& one : told_)
        if (one.config.digest_at == when)
            offer(one, digest_notice(one.config, last->second, *archives, conditions, now, source()));
    last->second = std::move(next);
}

// None while those of an archive are not known.
std::optional<std::vector<digest_archive>> notifier::archives_now() const {
    std::vector<digest_archive> all;
    for (const auto& s : archives_) {
        const auto& c = s.context;
        if (!s.opened || !c.counts_known || !c.scrub_known) return std::nullopt;
        digest_archive one;
        one.name = c.config.name;
        one.totals = totals_of(c.counts, c.scrub.proven);
        one.waiting = c.counts.unsettled - c.counts.failed;
        one.bytes_waiting = static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, c.counts.known_bytes_unsettled - c.counts.known_bytes_failed));
        one.failed = c.counts.failed;
        one.oldest = c.counts.oldest_unsettled;
        one.finalized_until = c.counts.finalized_until_published;
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace suprsync

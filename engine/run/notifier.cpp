#include "engine/run/notifier.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <variant>

#include "engine/model/text.hpp"
#include "engine/model/timecodes.hpp"
#include "engine/report/log.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t events_at_once = 1000;

}  // namespace

notifier::notifier(suprsync::environment& environment, served_archives& archives,
                   const daemon_configuration& configuration)
    : environment_(environment),
      archives_(archives),
      configuration_(configuration),
      tasks_(environment.executor),
      digest_wake_(environment.executor),
      end_wake_(environment.executor) {}

void notifier::tell_through(notice_sender& sender, std::string host) {
    sender_ = &sender;
    host_ = std::move(host);
}

notice_source notifier::source() const { return {host_, configuration_.instance_id}; }

double notifier::steady() const {
    return std::chrono::duration<double>(environment_.clock.steady_now().time_since_epoch()).count();
}

std::string notifier::name_of(const told& one) const {
    return fmt::format("notify {} ({})", one.number, place_of(one.config));
}

asio::awaitable<void> notifier::run() {
    if (!sender_) co_return;
    listener_.emplace(environment_.events);
    configuration_changed();
    tasks_.spawn(watch_digests());
    while (!stopping_) {
        tell_events();
        co_await listener_->wait_for(notice_queue::hour);
    }
    tell_events();
    for (auto& one : told_) one.wake.notify();
    task_group limit(environment_.executor);
    limit.spawn(end_in_time());
    co_await tasks_.join();
    served_all_ = true;
    end_wake_.notify();
    co_await limit.join();
    listener_.reset();
}

void notifier::stop() {
    stopping_ = true;
    digest_wake_.notify();
    if (listener_) listener_->notify();
}

asio::awaitable<void> notifier::end_in_time() {
    const auto end = environment_.clock.steady_now() + std::chrono::duration<double>(time_at_the_end);
    while (!served_all_ && environment_.clock.steady_now() < end) {
        const std::chrono::duration<double> left = end - environment_.clock.steady_now();
        co_await end_wake_.wait_for(environment_.clock, left.count());
    }
    if (served_all_) co_return;
    sender_->stop();
    // Nobody else needs it any more; a digest may wait for its lock.
    environment_.catalog.stop();
}

void notifier::configuration_changed() {
    if (!listener_ || stopping_) return;
    const auto& wanted = configuration_.notify;
    std::vector<bool> is_there(wanted.size());
    for (auto& one : told_) {
        if (one.leaving) continue;
        std::size_t i = 0;
        while (i < wanted.size() && (is_there[i] || wanted[i] != one.config)) ++i;
        if (i < wanted.size()) {
            is_there[i] = true;
            one.number = i + 1;
            continue;
        }
        one.leaving = true;
        one.wake.notify();
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (is_there[i]) continue;
        told_.emplace_back(environment_.executor, wanted[i], i + 1, source());
        tasks_.spawn(serve(std::prev(told_.end())));
    }
    say_who_fails();
    digest_wake_.notify();
}

void notifier::tell_events() {
    auto& feed = environment_.events;
    while (true) {
        const auto events = feed.after(seen_, events_at_once);
        if (events.empty()) return;
        if (seen_ > 0 && events.front()->id > seen_ + 1)
            log::info({}, "{} events came too fast to be told", events.front()->id - seen_ - 1);
        for (const auto* one : events) tell(*one);
        seen_ = events.back()->id;
    }
}

void notifier::tell(const event& what) {
    if (const auto* change = std::get_if<condition_event>(&what.what)) {
        const auto& c = change->raised;
        const auto told = notice_of(told_condition{c.kind, c.archive, c.message, c.since}, change->begins,
                                    what.at, source());
        for (auto& one : told_)
            if (is_told_of(one, *change)) offer(one, told);
    } else if (const auto* day = std::get_if<finalized_event>(&what.what)) {
        const auto told = notice_of(told_finalization{day->archive, timecode_directory(day->timecode),
                                                      day->revision, day->num_files, day->file.remote_path},
                                    what.at, source());
        for (auto& one : told_) offer(one, told);
    }
}

// Who cannot be told anything is not told that, nor that it is over: that would be told, and fail, for ever.
bool notifier::is_told_of(told& one, const condition_event& change) {
    if (change.raised.kind != condition_kind::notification_failed) return true;
    one.failed = one.failed || one.queue.failing();
    const bool has_failed = one.failed;
    if (!change.begins) one.failed = one.queue.failing();
    return !has_failed;
}

void notifier::offer(told& one, notice what) {
    if (one.leaving || !wants(one.config, what)) return;
    one.queue.offer(std::move(what), steady());
    one.wake.notify();
}

asio::awaitable<void> notifier::serve(all_told::iterator one) {
    while (!one->leaving) {
        const auto* next = one->queue.next(steady(), environment_.clock.now());
        if (!next) {
            if (stopping_) break;
            co_await one->wake.wait_for(environment_.clock,
                                        std::min(one->queue.wait(steady()), notice_queue::hour));
            continue;
        }
        auto text = written(*next, one->config.form, source());
        const auto failed =
            co_await sender_->deliver(one->config, std::move(text.content_type), std::move(text.text));
        if (failed) {
            not_delivered(*one, *failed);
            if (stopping_) break;
            continue;
        }
        one->queue.delivered();
        say_who_fails();
    }
    tell_what_is_left(*one);
    told_.erase(one);
}

void notifier::not_delivered(told& one, const delivery_failure& failed) {
    one.failure = failed.why.text();
    const bool given_up =
        one.queue.failed({failed.for_good, failed.retry_after}, steady(), environment_.random());
    one.failed = one.failed || one.queue.failing();
    if (given_up && !stopping_ && !one.leaving)
        log::tell<messages::notice_given_up>({}, name_of(one), one.failure);
    else
        log::info({}, "{}: {}", name_of(one), one.failure);
    if (!stopping_) say_who_fails();
}

void notifier::say_who_fails() {
    std::string text;
    for (const auto& one : told_)
        if (!one.leaving && one.queue.failing())
            text +=
                fmt::format("{}{}: {}; {} not delivered", text.empty() ? "" : "; ", name_of(one), one.failure,
                            one.queue.waiting() == 1 ? std::string("1 message is")
                                                     : fmt::format("{} messages are", one.queue.waiting()));
    auto& conditions = environment_.conditions;
    if (text.empty())
        conditions.clear(condition_kind::notification_failed, "");
    else
        conditions.raise(condition_kind::notification_failed, "",
                         text + ". Mend it, and try it with: suprsync notify --test");
}

void notifier::tell_what_is_left(const told& one) const {
    if (one.queue.waiting() == 0) return;
    log::tell<messages::notices_left>(
        {}, name_of(one), counted(one.queue.waiting(), "message"),
        stopping_ ? "the daemon ends" : "it is not in the configuration any more");
}

}  // namespace suprsync

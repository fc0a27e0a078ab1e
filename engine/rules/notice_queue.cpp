#include "engine/rules/notice_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/model/human.hpp"
#include "engine/model/shown_text.hpp"
#include "engine/rules/backoff.hpp"

namespace suprsync {

namespace {

constexpr std::size_t most_kinds = 40;  // of notices that a summary tells apart

std::string times(std::size_t count) {
    return count == 1 ? "once" : human::count(static_cast<std::int64_t>(count)) + " times";
}

}  // namespace

void notice_tally::add(const notice& one) {
    ++count_;
    const key where{one.what, one.condition, one.archive};
    if (all_.size() >= most_kinds && !all_.contains(where)) {
        ++others_;
        return;
    }
    auto& alike = all_[where];
    if (alike.count == 0) alike.first = one.at;
    ++alike.count;
    alike.last = one.at;
    alike.subject = one.subject;
}

void notice_tally::add(const notice_tally& others) {
    count_ += others.count_;
    others_ += others.others_;
    for (const auto& [where, more] : others.all_) {
        if (all_.size() >= most_kinds && !all_.contains(where)) {
            others_ += more.count;
            continue;
        }
        auto& alike = all_[where];
        const bool fresh = alike.count == 0;
        alike.count += more.count;
        alike.first = fresh ? more.first : std::min(alike.first, more.first);
        if (fresh || more.last >= alike.last) alike.last = more.last, alike.subject = more.subject;
    }
}

notice notice_tally::summary(epoch_seconds at, const notice_source& from) const {
    notice told;
    told.what = notice::kind::summary;
    told.at = at;
    const auto count = static_cast<std::int64_t>(count_);
    told.subject =
        fmt::format("{} in one ({} at {})", human::counted(count, "message"), from.instance_id, from.host);
    told.text = "They came faster than is to be told one by one, or could not be delivered:";
    std::string list;
    for (const auto& [where, alike] : all_) {
        const auto& [what, condition, archive] = where;
        told.text +=
            fmt::format("\n{}, last at {}: {}", times(alike.count), human::date(alike.last), alike.subject);
        list +=
            fmt::format(R"({}{{"event":{},"kind":{},"archive":{},"count":{},"first":{:.3f},"last":{:.3f}}})",
                        list.empty() ? "" : ",", json_text(name_of(what)), json_text(condition),
                        json_text(archive), alike.count, alike.first, alike.last);
    }
    if (others_ > 0)
        told.text += fmt::format("\n{} of further kinds", human::count(static_cast<std::int64_t>(others_)));
    told.text += "\nWhat holds now: suprsync status";
    told.members = {{"count", std::to_string(count_)}, {"messages", "[" + list + "]"}};
    return told;
}

void notice_queue::offer(notice one, double now) {
    const bool goes_by_itself = held_.empty() && queue_.size() < most_waiting && until_allowed(now) <= 0;
    if (!goes_by_itself) {
        held_.add(one);
        return;
    }
    take_turn(now);
    queue_.push_back({std::move(one), now});
}

void notice_queue::take_turn(double now) {
    std::erase_if(sent_, [&](double at) { return at <= now - hour; });
    sent_.push_back(now);
}

double notice_queue::until_allowed(double now) const {
    const auto recent = std::find_if(sent_.begin(), sent_.end(), [&](double at) { return at > now - hour; });
    const auto count = static_cast<std::size_t>(sent_.end() - recent);
    if (count < at_most_) return 0;
    // So many must be older than an hour.
    return *(recent + static_cast<std::ptrdiff_t>(count - at_most_)) + hour - now;
}

const notice* notice_queue::next(double now, epoch_seconds wall) {
    if (wait(now) > 0) return nullptr;
    if (queue_.empty()) {
        take_turn(now);
        queue_.push_back({held_.summary(wall, from_), now, std::exchange(held_, {})});
    }
    return &queue_.front().what;
}

double notice_queue::wait(double now) const {
    double until = never;
    if (!queue_.empty())
        until = 0;
    else if (!held_.empty())
        until = std::max(0.0, until_allowed(now));
    return until == never ? never : std::max(until, retry_at_ - now);
}

void notice_queue::delivered() {
    queue_.pop_front();
    failures_ = 0;
    retry_at_ = -never;
    failing_ = false;
}

bool notice_queue::failed(const undelivered& how, double now, double random) {
    ++failures_;
    double pause = exponential_delay(failures_, first_pause, longest_pause, random);
    if (how.retry_after) pause = std::max(pause, std::min(*how.retry_after, hour));
    retry_at_ = now + pause;
    auto& first = queue_.front();
    const bool given_up = how.for_good || now - first.since >= patience;
    failing_ = failing_ || given_up || failures_ >= most_failures;
    if (!given_up) return false;
    if (first.of.empty())
        held_.add(first.what);
    else
        held_.add(first.of);
    queue_.pop_front();
    return true;
}

std::size_t notice_queue::waiting() const {
    auto count = held_.count();
    for (const auto& one : queue_) count += std::max<std::size_t>(1, one.of.count());
    return count;
}

}  // namespace suprsync

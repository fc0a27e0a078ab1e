#include "engine/report/event_feed.hpp"

#include <algorithm>

namespace suprsync {

event_feed::event_feed(boost::asio::any_io_executor executor, suprsync::clock& time, std::size_t history)
    : executor_(std::move(executor)),
      clock_(time),
      most_kept_(history),
      next_id_(static_cast<std::uint64_t>(std::max(time.now(), 1e-6) * 1e6)) {}

void event_feed::publish(event_content what) {
    if (history_.size() == most_kept_) history_.pop_front();
    history_.push_back({next_id_++, clock_.now(), std::move(what)});
    for (auto* listener : listeners_) listener->notify();
}

std::vector<const event*> event_feed::after(std::uint64_t id, std::size_t most) const {
    std::vector<const event*> found;
    const auto first = std::max(id + 1, oldest());
    if (id >= newest()) return found;
    const auto offset = static_cast<std::size_t>(first - oldest());
    const auto count = std::min(most, history_.size() - offset);
    found.reserve(count);
    for (std::size_t i = 0; i < count; ++i) found.push_back(&history_[offset + i]);
    return found;
}

event_listener::event_listener(event_feed& feed) : feed_(feed), wake_(feed.executor_) {
    feed_.listeners_.push_back(&wake_);
}

event_listener::~event_listener() { std::erase(feed_.listeners_, &wake_); }

}  // namespace suprsync

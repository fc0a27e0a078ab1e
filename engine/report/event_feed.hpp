// What happens, as it happens, for those who listen (GET /events): a bounded history of events, and listeners
// that are told when there is more. The feed waits for nobody; who is too slow finds a gap.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/loop/wake.hpp"
#include "engine/model/file.hpp"
#include "engine/report/status_snapshot.hpp"

namespace suprsync {

/// Something that became of one file, told after it is committed.
struct file_event {
    enum class kind { registered, copied, verified, failed, deleted };

    kind what = kind::registered;
    std::string archive;
    file_id id = 0;
    std::string local_path;
    std::string remote_path;
    std::optional<std::uint64_t> bytes;  ///< where known
    std::string reason;                  ///< of a failure, or why a file was not there to be deleted
    int attempts = 0;                    ///< failed: how many so far
    bool given_up = false;               ///< failed: no attempt is left

    /// Of this row; what goes beyond that is for the caller to add.
    static file_event of(const file_row& row, kind what) {
        file_event e;
        e.what = what;
        e.archive = row.archive_name;
        e.id = row.id;
        e.local_path = row.local_path;
        e.remote_path = row.remote_path;
        return e;
    }
};

/// Rows that other programs have inserted.
struct registrations_event {
    std::string archive;
    std::int64_t count = 0;
};

struct finalized_event {
    std::string archive;
    int timecode = 0;
    int revision = 0;
    std::int64_t num_files = 0;
    file_row file;  ///< the finalization file
};

struct condition_event {
    condition raised;
    bool begins = true;  ///< else it is over
};

using event_content = std::variant<file_event, registrations_event, finalized_event, condition_event>;

struct event {
    std::uint64_t id = 0;
    epoch_seconds at = 0;
    event_content what;
};

/// Belongs to the loop thread.
class event_feed {
  public:
    /// Larger than what four batches of the default size publish at once.
    static constexpr std::size_t default_history = 20'000;

    event_feed(boost::asio::any_io_executor executor, suprsync::clock& time,
               std::size_t history = default_history)
        : executor_(std::move(executor)),
          clock_(time),
          most_kept_(history),
          next_id_(static_cast<std::uint64_t>(std::max(time.now(), 1e-6) * 1e6)) {}
    event_feed(const event_feed&) = delete;
    event_feed& operator=(const event_feed&) = delete;

    void publish(event_content what) {
        if (history_.size() == most_kept_) history_.pop_front();
        history_.push_back({next_id_++, clock_.now(), std::move(what)});
        for (auto* listener : listeners_) listener->notify();
    }

    /// The time that events are told with.
    epoch_seconds now() const { return clock_.now(); }

    /// Ids increase by one; the first is the microsecond of the start, so that they increase over restarts,
    /// too. Of the newest event, and of the oldest that is still kept: newest() + 1 where none is.
    std::uint64_t newest() const { return next_id_ - 1; }
    std::uint64_t oldest() const { return next_id_ - history_.size(); }

    /// Events with larger ids that are still kept, oldest first, at most `most`. Valid until the next
    /// publish().
    std::vector<const event*> after(std::uint64_t id, std::size_t most) const {
        std::vector<const event*> found;
        if (id >= newest()) return found;
        const auto first = std::max(id + 1, oldest());
        const auto offset = static_cast<std::size_t>(first - oldest());
        const auto count = std::min(most, history_.size() - offset);
        found.reserve(count);
        for (std::size_t i = 0; i < count; ++i) found.push_back(&history_[offset + i]);
        return found;
    }

  private:
    friend class event_listener;
    boost::asio::any_io_executor executor_;
    suprsync::clock& clock_;
    const std::size_t most_kept_;
    std::uint64_t next_id_;
    std::deque<event> history_;
    std::vector<wake*> listeners_;
};

/// Is told of every event while it lives; must not outlive the feed.
class event_listener {
  public:
    explicit event_listener(event_feed& feed) : feed_(feed), wake_(feed.executor_) {
        feed_.listeners_.push_back(&wake_);
    }
    ~event_listener() { std::erase(feed_.listeners_, &wake_); }
    event_listener(const event_listener&) = delete;
    event_listener& operator=(const event_listener&) = delete;

    /// Returns true when something was published (or notify() called) since the last wait, false after so
    /// many seconds.
    boost::asio::awaitable<bool> wait_for(double seconds) { return wake_.wait_for(feed_.clock_, seconds); }
    void notify() { wake_.notify(); }

  private:
    event_feed& feed_;
    wake wake_;
};

}  // namespace suprsync

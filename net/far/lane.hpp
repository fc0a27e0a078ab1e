// One channel to a `suprsync far-side`, as threads see it that may wait: questions, their answers, and what
// it says of data that arrived. Its end wakes all who wait.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/files/open_descriptor.hpp"
#include "engine/model/failure.hpp"
#include "net/far/channel.hpp"
#include "net/far/messages.hpp"

namespace suprsync::far {

class lane {
  public:
    /// `ours`: the end of a socket pair.
    explicit lane(open_descriptor ours);
    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// Greets, and learns who is there; measures the round trip. Waits until the other side answers or
    /// close() is called. What is there instead, as it said it, is the failure's detail.
    result<hello> greet(const hello& us);
    /// From greet() on: the shortest time that an answer took, in seconds.
    double round_trip() const { return round_trip_; }

    /// Asks; the number of the question, to be answered by answer_to(). 0 where the lane has ended.
    std::uint32_t ask(kind what, std::string_view message);
    /// The number of a question that is told afterwards, to be answered by answer_to() as well.
    std::uint32_t new_question();
    /// What gets no answer but counts of what arrived (whole, data), or none at all. `packed`: by pack().
    bool tell(kind what, std::uint32_t number, std::string_view message, bool packed = false);
    std::uint32_t new_number();

    /// Waits for the answer; none where the lane ends before, or it is given up.
    std::optional<std::string> answer_to(std::uint32_t number);
    /// What is being done there for a question, or for a batch, is to be done no further.
    void cancel(std::uint32_t number);
    /// Nobody waits for that answer any more.
    void give_up(std::uint32_t number);
    /// Answers that were given up and have not come since: what hangs at the other side.
    std::size_t given_up() const;
    /// How long nothing has come.
    std::chrono::nanoseconds silent() const { return clock::now().time_since_epoch() - heard_at_.load(); }
    /// Lets the other side know that we are there, unless that is being done.
    void ping();

    /// A message with content: whole files, or a range of one.
    struct content_sent {
        std::size_t files = 0;
        std::optional<std::size_t> range_of{};
    };
    /// What has arrived of a batch.
    struct arrivals {
        std::atomic<std::uint64_t> bytes = 0;
        std::atomic<std::size_t> files = 0;  ///< small ones
        std::atomic<bool> no_more = false;   ///< the far side takes nothing more of the batch
        std::mutex mutex;                    ///< of what follows
        std::deque<content_sent> under_way;  ///< each message that has not arrived
        std::set<std::size_t> no_more_of;    ///< items that it takes nothing more of

        void take(std::uint64_t answer);
    };
    /// Counts it, until it is forgotten.
    void count(std::uint32_t batch, std::shared_ptr<arrivals> into);
    void forget(std::uint32_t batch);

    /// From any thread: nothing is waited for any more.
    void close();
    bool ended() const { return ended_; }
    /// Why, where the other side did not keep to the frames; empty where it just ended.
    std::string why_ended() const;

  private:
    using clock = std::chrono::steady_clock;
    friend void read_lane(const std::shared_ptr<lane>& self);
    void take(message m);
    void end(std::string why);

    open_descriptor ours_;
    message_writer writer_;
    message_reader reader_;
    std::atomic<bool> ended_ = false;
    double round_trip_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint32_t last_number_ = 0;
    std::map<std::uint32_t, std::optional<std::string>> awaited_;
    std::set<std::uint32_t> given_up_;
    std::atomic<clock::duration> heard_at_ = clock::now().time_since_epoch();
    std::atomic<bool> pings_ = false;
    std::map<std::uint32_t, std::shared_ptr<arrivals>> counted_;
    std::string why_;
};

/// Reads what the other side says until it ends: the work of a thread of the lane's own, from greet() on.
void read_lane(const std::shared_ptr<lane>& self);

}  // namespace suprsync::far

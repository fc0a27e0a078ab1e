// One session with a WAMP router, from the connection to the goodbye: what is said and heard in it. Nothing
// of it grows with time or with a router that does not read: of what is published the newest stays, and
// calls are not read while too many answers wait.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/loop/clock.hpp"
#include "engine/loop/task_group.hpp"
#include "engine/loop/wake.hpp"
#include "http/ocs/text_channel.hpp"
#include "http/ocs/wamp_message.hpp"

namespace suprsync {

/// In seconds of the clock.
struct wamp_limits {
    double open = 30;    ///< the connection
    double answer = 10;  ///< to a request of ours: to be let in, to be registered
    double write = 20;   ///< one message
    double goodbye = 1;  ///< of the router
    // Of answers to calls that wait to be sent: with as many, or as much, no further call is read.
    std::size_t most_answers = 64;
    std::size_t most_answer_bytes = 8 << 20;
};

/// Lives on the loop thread; for one session.
class wamp_session {
  public:
    wamp_session(boost::asio::any_io_executor loop, suprsync::clock& clock,
                 std::unique_ptr<text_channel> channel, wamp_limits limits);

    /// We are in, and what follows may be asked for.
    std::function<void()> on_joined;
    /// A call of a procedure that was registered here; to be answered or refused, now or later.
    std::function<void(wamp_invocation)> on_invocation;
    /// The caller of this one does not wait any more; to be refused, where it was not answered.
    std::function<void(wamp_id)> on_interrupt;

    /// Returns when the session has ended: failure `stopped` where leave() was called, else why it ended.
    boost::asio::awaitable<failure> run(std::string realm);

    /// Says goodbye and ends.
    void leave();

    bool joined() const { return joined_ && !ended_; }
    /// No more answers wait already than may; what can wait is to be answered later.
    bool has_room() const {
        return answers_waiting_ < limits_.most_answers && answer_bytes_ < limits_.most_answer_bytes;
    }

    /// `told` gets the registration, or the URI of the error as the detail of a failure.
    void register_procedure(const std::string& procedure, std::function<void(result<wamp_id>)> told);
    void unregister(wamp_id registration);
    /// In place of what was to be published there and is not sent yet.
    void publish(const std::string& topic, std::string json_argument);
    void answer(wamp_id invocation, std::string_view json_result);
    void refuse(wamp_id invocation, std::string_view uri, std::string_view message);

  private:
    using answer_taker = std::function<void(result<wamp_id>)>;
    // A request gets its id when it is sent: ids are to come in order.
    struct outgoing {
        std::string text;                              // of a publication: its argument
        std::string topic = {};                        // of a publication
        bool answers = false;                          // a call
        std::function<std::string(wamp_id)> ask = {};  // the text of a request that is answered
        answer_taker told = {};
    };
    struct limit {
        std::string what;
        std::chrono::steady_clock::time_point until;
    };
    struct request {
        answer_taker told;
        limit answered;
    };

    boost::asio::awaitable<void> read_all();
    boost::asio::awaitable<void> write_all();
    boost::asio::awaitable<void> watch_limits();
    void take(const received_text& received);
    void take(wamp_message message);
    void end(failure why);
    void say(outgoing message);
    std::string text_of(outgoing& message);
    limit within(double seconds, std::string what) const;
    wamp_id next_request() { return ++last_request_; }
    failure lost(const std::string& detail) const;

    boost::asio::any_io_executor loop_;
    suprsync::clock& clock_;
    std::unique_ptr<text_channel> channel_;
    const wamp_limits limits_;
    std::deque<outgoing> outgoing_;
    std::size_t answers_waiting_ = 0;
    std::size_t answer_bytes_ = 0;         // of those
    std::map<wamp_id, request> requests_;  // that the router has not answered
    std::optional<limit> phase_;           // to be connected, to be let in, to be let go
    std::optional<limit> writing_;
    std::optional<failure> why_;  // it ended, or ends
    wake write_wake_;
    wake room_wake_;
    wake limit_wake_;
    wamp_id last_request_ = 0;
    bool joined_ = false;
    bool leaving_ = false;
    bool ended_ = false;
};

}  // namespace suprsync

// One archive as an agent of OCS: how its operation stands, and what is answered to calls. It goes by the
// service alone, and knows nothing of the connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/loop/clock.hpp"
#include "engine/ports/service.hpp"
#include "http/ocs/agent_messages.hpp"
#include "http/ocs/wamp_message.hpp"

namespace suprsync {

/// Lives on the loop thread.
class ocs_agent {
  public:
    ocs_agent(suprsync::service& service, suprsync::clock& clock, agent_process process, std::string archive,
              std::string address);

    const agent_identity& identity() const { return identity_; }

    /// The answer to a call of `A.ops`; none: it waits, and is told by wait_over() later. Failure `invalid`:
    /// its arguments are none of an operation.
    result<std::optional<std::string>> call_operation(const wamp_invocation& call);

    /// The answer to a call of `A`. Failures as above.
    result<std::string> call_agent(const wamp_invocation& call);

    /// A call that has waited long enough, with its answer; it waits no longer.
    std::optional<std::pair<wamp_id, std::string>> wait_over();
    /// The call does not wait any more; false: it did not wait here.
    bool forget_wait(wamp_id call);
    /// Calls that waited until now, and do so no longer.
    std::vector<wamp_id> take_waits();

    // The arguments of publications.
    std::string heartbeat();
    /// None while nobody knows the figures: what is published is a promise.
    boost::asio::awaitable<std::optional<std::string>> archive_stats();
    std::string transfer_stats();

    static constexpr std::size_t most_waits = 64;

  private:
    struct waiting {
        wamp_id call = 0;
        std::optional<std::chrono::steady_clock::time_point> until;
    };

    void look();
    std::string answer(answer_code code, std::string_view message) const;
    std::string start();
    std::string stop();
    std::optional<std::string> wait(wamp_id call, std::optional<double> timeout);
    /// The answer to a call that need not wait any longer.
    std::optional<std::string> end_of(const waiting& one) const;
    std::optional<std::string> why_paused() const;

    suprsync::service& service_;
    suprsync::clock& clock_;
    const agent_process process_;
    const agent_identity identity_;
    agent_operation operation_;
    // As of the last look.
    std::vector<condition> conditions_;
    bool paused_ = false;  // by somebody else than OCS

    std::vector<waiting> waits_;
};

}  // namespace suprsync

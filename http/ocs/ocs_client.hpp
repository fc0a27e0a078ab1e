// Makes the daemon's archives agents of OCS: keeps a session with the site's hub, registers each archive
// there, publishes its feeds and answers calls. A hub that is away is a condition, and no matter to anything
// else (spec, OCS).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/loop/clock.hpp"
#include "engine/loop/wake.hpp"
#include "engine/model/settings.hpp"
#include "engine/ports/service.hpp"
#include "http/ocs/ocs_agent.hpp"
#include "http/ocs/text_channel.hpp"
#include "http/ocs/wamp_session.hpp"

namespace suprsync {

struct ocs_configuration {
    std::optional<hub_address> hub;  ///< none: off
    std::string realm;
    std::string address_root;
    std::map<std::string, std::string> instances;  ///< instance ids by archive
};

/// Of a configuration that was checked.
ocs_configuration ocs_configuration_of(const daemon_configuration& configuration);

/// Lives on the loop thread.
class ocs_client {
  public:
    ocs_client(boost::asio::any_io_executor loop, suprsync::service& service, suprsync::clock& clock,
               agent_process process, channel_maker make_channel, wamp_limits limits = {});
    ~ocs_client();

    /// At the start, and after a reload: agents come and go within the session, another hub begins another.
    void set(ocs_configuration wanted);

    /// Until stop(): for ever.
    boost::asio::awaitable<void> run();

    /// Says goodbye; run() returns soon (wamp_limits::goodbye).
    void stop();

    static constexpr double heartbeat_every = 1;                    // s
    static constexpr double archive_stats_every = 60;               // s
    static constexpr double transfer_stats_every = 600;             // s
    static constexpr double first_pause = 1;                        // s, before the hub is tried again
    static constexpr double longest_pause = 30;                     // s
    static constexpr double register_again_after = 10;              // s
    static constexpr const char* canceled = "wamp.error.canceled";  // of calls that are refused after all

  private:
    using time_point = std::chrono::steady_clock::time_point;
    struct agent_at_hub {
        enum class state { absent, asking, present };

        ocs_agent agent;
        state is = state::absent;
        bool removed = false;    ///< by a reload: whoever still has it does nothing more with it
        wamp_id operations = 0;  ///< registrations
        wamp_id self = 0;
        time_point ask_again = {};  ///< while absent
        // While present: what is published as soon as it is.
        bool beats = false;
        bool counted = false;
        bool reported = false;
    };
    // A time of something that comes again and again: it does not drift, and what was missed is left out.
    struct rhythm {
        double every;
        time_point next = {};
        bool due(time_point now);
    };

    boost::asio::awaitable<failure> serve();
    /// Heartbeats, registrations that are tried again, and calls that have waited long enough.
    boost::asio::awaitable<void> beat();
    /// The figures of archives; apart, so that no heartbeat waits for what they may have to wait for.
    boost::asio::awaitable<void> report();
    void joined();
    double seconds_until(time_point then) const;
    void beat_once();
    boost::asio::awaitable<void> report_once();
    void ask_registration(const std::shared_ptr<agent_at_hub>& at);
    void registered(agent_at_hub& at);
    void not_registered(agent_at_hub& at, const std::string& uri);
    void answer(const wamp_invocation& call);
    void add(const std::string& archive, const std::string& instance);
    void remove(const std::string& archive);
    void tell_hub_is_away(const failure& why);
    void hub_answers();

    boost::asio::any_io_executor loop_;
    suprsync::service& service_;
    suprsync::clock& clock_;
    const agent_process process_;
    const channel_maker make_channel_;
    const wamp_limits limits_;
    ocs_configuration wanted_;
    std::map<std::string, std::shared_ptr<agent_at_hub>> agents_;  // by archive
    wamp_session* session_ = nullptr;                              // while there is one
    rhythm heartbeats_{heartbeat_every};
    rhythm archive_stats_{archive_stats_every};
    rhythm transfer_stats_{transfer_stats_every};
    wake wake_;
    wake beat_wake_;
    wake report_wake_;
    bool stopping_ = false;
};

}  // namespace suprsync

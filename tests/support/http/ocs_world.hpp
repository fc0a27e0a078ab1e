// A client of OCS with what surrounds it: a hub in memory, a service that a test lays out, and time that is
// moved by hand.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "http/ocs/ocs_client.hpp"
#include "tests/support/http/fake_hub.hpp"
#include "tests/support/http/fake_service.hpp"
#include "tests/support/manual_clock.hpp"

namespace suprsync::testing {

/// Of the heap.
std::int64_t bytes_in_use();

struct ocs_world {
    boost::asio::io_context loop;
    test::manual_clock time{loop, 1'700'050'000.25};
    fake_service service{loop.get_executor()};
    fake_hub hub{loop};
    ocs_client client{loop.get_executor(), service, time, {"srv20", 4711}, hub.maker()};
    bool ended = false;

    ocs_world();
    /// Ends the client where the test has not.
    ~ocs_world();

    void begin(ocs_configuration wanted);
    /// Archives smurf and timestreams, as smurf-sync and timestream-sync.
    void begin() { begin(two_agents()); }
    static ocs_configuration two_agents();

    void set(ocs_configuration wanted) {
        client.set(std::move(wanted));
        test::settle(loop);
    }
    /// The daemon serves this archive.
    void serve(const std::string& archive);
    archive_activity& activity(const std::string& archive);
    /// Message of a condition; "" where it does not hold.
    std::string condition(const std::string& kind, const std::string& archive = "");
    /// Topics of what was published since the last time, without their beginning: "smurf-sync heartbeat".
    std::vector<std::string> published();
    /// The answers to calls that came since the last time: what stands between [70,REQUEST,{},[ and ]].
    std::vector<std::string> answers();
};

}  // namespace suprsync::testing

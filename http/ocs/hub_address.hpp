// Where an OCS hub listens for agents: the URL that site files call wamp_server.
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

struct hub_address {
    bool tls = false;  ///< wss
    std::string host;  ///< a name or an IP address, without brackets
    std::uint16_t port = 0;
    std::string target;  ///< "/ws"

    /// The URL, with its port.
    std::string text() const;
    /// As the header Host wants it.
    std::string authority() const;
    bool operator==(const hub_address&) const = default;
};

/// Failure `invalid`: it is no ws:// or wss:// URL, or one with a user, a fragment or the port 0.
result<hub_address> parse_hub_address(const std::string& url);

}  // namespace suprsync

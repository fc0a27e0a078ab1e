// Asks a running daemon over HTTP, as `suprsync status` does.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/failure.hpp"
#include "http/server/listen_address.hpp"

namespace suprsync {

struct tls_host {
    std::string name;  ///< that its certificate is to have: a host name or an IP address
    std::uint16_t port = 0;
    std::string ca_file;    ///< certificates that are trusted, PEM; '' for those of this machine
    bool insecure = false;  ///< any certificate will do
};

struct daemon_address {
    listen_address where;         ///< where there is no `tls`
    std::optional<tls_host> tls;  ///< speaks TLS there
    std::string token;            ///< '' for none

    std::string text() const;
};

/// "ADDRESS:PORT", "unix:PATH", or "https://HOST:PORT" (443 without a port), as people write it. Failure
/// `invalid`.
result<daemon_address> parse_daemon_address(const std::string& text);

inline constexpr std::chrono::seconds patience_with_daemons{10};

/// Body of the answer to GET `target`. Failures: connection (nobody is there, or its certificate is not
/// trusted), timed_out (no answer within `patience`), not_permitted (a token is needed, or another one; it
/// changes nothing over HTTP), not_found, conflict, io (any other answer), invalid (the ca_file cannot be
/// used).
result<std::string> ask_daemon(const daemon_address& daemon, const std::string& target,
                               std::chrono::seconds patience = patience_with_daemons);

/// The same of POST `target` with this JSON document.
result<std::string> tell_daemon(const daemon_address& daemon, const std::string& target,
                                const std::string& document);

}  // namespace suprsync

// Where the HTTP server listens: a value of the option --http-listen (spec, Options of run, Who may ask),
// taken apart and checked.
#pragma once

#include <cstdint>
#include <string>

#include "engine/model/failure.hpp"

namespace suprsync {

struct listen_address {
    enum class kind { off, tcp, unix_socket };

    kind what = kind::off;
    std::string address;  ///< tcp: the IP address, without brackets
    std::uint16_t port = 0;
    std::string path;  ///< unix_socket

    /// Only this machine's own programs can connect.
    bool local_only() const;

    /// As the option is written: "127.0.0.1:8642", "[::1]:8642", "unix:/run/suprsync.sock", "off".
    std::string text() const;

    bool operator==(const listen_address&) const = default;
};

/// Of the default (spec, Who may ask): the port that one daemon of the machine can have.
inline constexpr const char* default_tcp_address = "127.0.0.1:8642";

/// Reads ADDRESS:PORT (IPv6 in brackets; `localhost` is 127.0.0.1; port 0 lets the system choose), unix:PATH
/// or off. Failure `invalid`, which says what was expected.
result<listen_address> parse_listen_address(const std::string& option);

}  // namespace suprsync

// Asks a running daemon over HTTP, as `suprsync status` does.
#pragma once

#include <string>

#include "engine/failure.hpp"
#include "http/listen_address.hpp"

namespace suprsync {

struct daemon_address {
    listen_address where;
    std::string token;  ///< '' for none
};

/// Body of the answer to GET `target`. Failures: link (nobody answers there, within 10 s), not_permitted (a
/// token is needed, or another one), io (any other answer).
result<std::string> ask_daemon(const daemon_address& daemon, const std::string& target);

}  // namespace suprsync

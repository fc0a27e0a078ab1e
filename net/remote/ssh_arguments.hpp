// The arguments of every ssh that we start. The user's own ssh configuration says how the host is reached;
// what ssh is to do there is ours, and said here, so that no line that is meant for people at a terminal
// (RemoteCommand, StdinNull, LogLevel, ...) stands in the way.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace suprsync {

struct ssh_options {
    std::string host;  ///< as ssh takes it: "user@host"
    std::optional<std::string> key;
    std::optional<std::string> config_file;  ///< `ssh -F`; the user's own where not set
    std::chrono::nanoseconds connect_timeout = std::chrono::seconds(20);
    std::chrono::nanoseconds stall_timeout =
        std::chrono::seconds(300);  ///< keepalives notice a dead connection sooner
    std::optional<std::string>
        ciphers{};  ///< ssh's option Ciphers; what its configuration says where not set
    /// Of our own options those that an older ssh does not know, and that its configuration cannot have:
    /// names in small letters. They are left out.
    std::set<std::string, std::less<>> unknown_here{};
};

/// The ssh that holds a connection, with its control socket; the host follows. What `when_connected` holds is
/// printed then.
std::vector<std::string> master_arguments(const ssh_options& options, const std::string& socket,
                                          std::string_view when_connected);

/// An ssh that is a channel of such a connection; the host and a command follow.
std::vector<std::string> channel_arguments(const ssh_options& options, const std::string& socket);

/// The name of the option of ours that ssh complained not to know, where it may be left out.
std::optional<std::string> option_unknown_here(std::string_view error);

}  // namespace suprsync

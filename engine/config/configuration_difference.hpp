// What a configuration that was read again changes in the one that is running: which archives come, go and
// change, what takes effect at once, and what only a new start can change. No I/O, no state.
#pragma once

#include <string>
#include <vector>

#include "engine/config/configuration.hpp"

namespace suprsync {

/// One value that differs.
struct key_change {
    std::string key;     ///< as in the file
    std::string before;  ///< as people read it
    std::string after;
    bool operator==(const key_change&) const = default;
};

struct archive_change {
    std::string name;
    std::vector<key_change> keys;
};

struct configuration_changes {
    std::vector<std::string> added;  ///< names of archives
    std::vector<std::string> removed;
    std::vector<archive_change> changed;
    std::vector<key_change> of_daemon;     ///< take effect at once
    std::vector<key_change> need_restart;  ///< the running values stay

    bool none() const;
    /// One line for people for each change.
    std::vector<std::string> lines() const;
};

configuration_changes compare(const daemon_configuration& running, const daemon_configuration& wanted);

/// The configuration to run with from now on: `wanted`, but for what needs a restart.
daemon_configuration take_over(const daemon_configuration& running, const daemon_configuration& wanted);

}  // namespace suprsync

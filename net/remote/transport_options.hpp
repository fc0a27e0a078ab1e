// What is to be known to reach one archive's destination.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/settings.hpp"

namespace suprsync {

struct transport_options {
    archive_configuration archive;
    /// Holds control sockets and trees of symbolic links, mode 0700. A short path: the name of a Unix socket
    /// has at most 108 bytes.
    std::string runtime_directory;
    /// Where that cannot be used, or not any more: a session that ends takes its directory away.
    std::vector<std::string> other_runtime_directories{};
    std::optional<std::string> ssh_config_file{};  ///< `ssh -F`; the user's own where not set
    double connect_timeout = 20;                   ///< s
    /// How long the trial of the account may take, all its programs together, from ssh's authentication on
    /// (s): one that has no shell for us is told within 5 s.
    double trial_limit = 4.5;
    /// What a slow one is given at most: the daemon doubles it whenever a trial comes to its limit.
    double longest_trial_limit() const { return trial_limit * 16; }

    /// The destination as it was configured, for people: "user@host:/base" or "/base".
    std::string name() const {
        return archive.ssh_host ? *archive.ssh_host + ":" + archive.remote_basedir : archive.remote_basedir;
    }
};

}  // namespace suprsync

// What is to be known to reach one archive's destination.
#pragma once

#include <optional>
#include <string>

namespace suprsync {

/// One archive's destination. Durations in seconds.
struct transport_options {
    std::string archive;
    std::string remote_basedir;
    std::optional<std::string> ssh_host;  ///< "user@host"; this machine where not set
    std::optional<std::string> ssh_key;
    std::optional<std::string> remote_staging_dir;  ///< absolute; `<parent of base>/.suprsync` where not set
    std::optional<double> copy_timeout;             ///< of one rsync process; none where not set
    std::optional<double> cmd_timeout;              ///< of one remote command; stall_timeout where not set
    double stall_timeout = 300;
    double connect_timeout = 20;
    bool compression = false;
    std::optional<std::string> bwlimit;
    std::string chmod = "g+rwX,o+rX";  ///< rsync's --chmod; empty: modes are not set
    /// Holds control sockets and trees of symbolic links, mode 0700. A short path: the name of a Unix socket
    /// has at most 108 bytes.
    std::string runtime_directory;
    std::optional<std::string> ssh_config_file;  ///< `ssh -F`; the user's own where not set
};

}  // namespace suprsync

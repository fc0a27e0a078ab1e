// The transport (engine/ports/transport.hpp) with rsync, ssh and coreutils: files go to a staging slot, are summed
// there, and are linked to their names (spec 4, 4.1).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>

#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"

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

/// A transport whose children are run by `runner`, which must be its own: stop() stops the runner. Both must
/// outlive the coroutines of the transport. Throws failure_error where the runtime directory cannot be made.
std::unique_ptr<transport> make_rsync_transport(boost::asio::any_io_executor executor, child_runner& runner,
                                                transport_options options);

}  // namespace suprsync

// The transport (engine/ports/transport.hpp) with rsync, ssh and coreutils: files go to a staging slot, are
// summed there, and are linked to their names (spec, Copying, Staging and publishing).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/ssh_connection.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

struct rsync_way {
    std::unique_ptr<transport> files;
    std::shared_ptr<ssh_connection> connection;  ///< that it goes by; null to this machine
};

/// As make_rsync_transport, with what others may go by, too.
rsync_way make_rsync_way(boost::asio::any_io_executor executor, child_runner& runner,
                         transport_options options);

/// A transport whose children are run by `runner`, which must be its own: stop() stops the runner. Both must
/// outlive the coroutines of the transport. Throws failure_error where the runtime directory cannot be made.
std::unique_ptr<transport> make_rsync_transport(boost::asio::any_io_executor executor, child_runner& runner,
                                                transport_options options);

}  // namespace suprsync

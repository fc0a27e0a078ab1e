// The transport (engine/ports/transport.hpp) with rsync, ssh and coreutils: files go to a staging slot, are
// summed there, and are linked to their names (spec, Copying, Staging and publishing).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

/// A transport whose children are run by `runner`, which must be its own: stop() stops the runner. Both must
/// outlive the coroutines of the transport. Throws failure_error where the runtime directory cannot be made.
std::unique_ptr<transport> make_rsync_transport(boost::asio::any_io_executor executor, child_runner& runner,
                                                transport_options options);

}  // namespace suprsync

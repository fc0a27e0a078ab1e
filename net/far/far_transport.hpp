// The transport (engine/ports/transport.hpp) to an ssh host where suprsync is installed: a `suprsync
// far-side` there receives, sums, publishes and looks. Where there is none, or it cannot be used, rsync and
// the scripts take over by themselves, and it is asked for again at the next prepare().
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/ports/transport.hpp"
#include "net/place/pace.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/ssh_connection.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

/// Told when rsync and the scripts take over, and why; `usual` where that is as it should be: nobody
/// installed a suprsync there, or it is told elsewhere.
using told_by_rsync = std::function<void(const std::string& why, bool usual)>;

/// `scripts` works without a far side, by `connection`, which both use; `runner` is that of `scripts`, and
/// ended by its stop(); `rate` is the archive's bwlimit. `by_rsync` may be empty. Executor and runner must
/// outlive the coroutines of the transport.
std::unique_ptr<transport> make_far_transport(boost::asio::any_io_executor executor, child_runner& runner,
                                              transport_options options, std::unique_ptr<transport> scripts,
                                              std::shared_ptr<ssh_connection> connection,
                                              std::shared_ptr<pace> rate, told_by_rsync by_rsync);

}  // namespace suprsync

// The transport (engine/ports/transport.hpp) to a base directory on this machine, in this process: no program
// is started for it. What it cannot do rsync does, to which it hands over.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/model/settings.hpp"
#include "engine/ports/transport.hpp"
#include "net/place/pace.hpp"

namespace suprsync {

/// The way by rsync, for where this one cannot be gone: where nothing can be staged, or modes are spelled in
/// a way that rsync alone reads.
struct other_way {
    std::function<std::unique_ptr<transport>()> make;  ///< asked for when it is needed first
    std::function<void(const std::string& why)> tell;  ///< that it is gone from now on
};

/// `archive` has no ssh_host; `rate` is its bwlimit. Destroying it leaves threads behind that hang.
std::unique_ptr<transport> make_direct_transport(boost::asio::any_io_executor executor,
                                                 archive_configuration archive, std::shared_ptr<pace> rate,
                                                 other_way otherwise);

}  // namespace suprsync

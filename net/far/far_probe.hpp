// Asks whether a destination has a far side, for the doctor: nothing is done by it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "net/process/child_process.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

struct probed_far_side {
    std::string version;  ///< of the suprsync there; empty where there is none that can be used
    std::string refused;  ///< why there is none
};

/// Of an archive with an ssh host. As probe_destination.
boost::asio::awaitable<probed_far_side> probe_far_side(boost::asio::any_io_executor executor,
                                                       child_runner& runner, transport_options options);

}  // namespace suprsync

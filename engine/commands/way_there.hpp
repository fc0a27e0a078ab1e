// The way to an archive's destination, as the daemon and the tools that ask there go it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "engine/model/settings.hpp"
#include "engine/ports/transport.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

/// With connections and a runtime directory of its own. `runner` must be its own, too, and outlive it. Throws
/// failure_error where the runtime directory cannot be made. `by_rsync` is told when rsync goes where the
/// daemon itself cannot.
std::unique_ptr<transport> make_way_there(boost::asio::any_io_executor executor, child_runner& runner,
                                          const archive_configuration& archive,
                                          std::function<void(const std::string& why)> by_rsync = {});

}  // namespace suprsync

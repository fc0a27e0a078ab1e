// The way to an archive's destination, as the daemon and the tools that ask there go it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "engine/model/settings.hpp"
#include "engine/ports/transport.hpp"
#include "net/far/far_transport.hpp"
#include "net/process/child_process.hpp"

namespace suprsync {

/// With connections and a runtime directory of its own. `runner` must be its own, too, and outlive it. Throws
/// failure_error where the runtime directory cannot be made. `rate` is the archive's bwlimit, as far as it is
/// not for rsync to keep. `by_rsync` is told when rsync goes where neither the daemon itself nor a far side
/// can.
std::unique_ptr<transport> make_way_there(boost::asio::any_io_executor executor, child_runner& runner,
                                          const archive_configuration& archive, std::shared_ptr<pace> rate,
                                          told_by_rsync by_rsync = {});

}  // namespace suprsync

// The engine's local_disk on the real disk: MD5 on threads of its own, everything that is quick on others,
// so that no hashing delays a stat.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "engine/ports/local_disk.hpp"

namespace suprsync {

/// `loop` is where results arrive. Destroying the disk stops digests and waits for its threads; no call may
/// be waited for any more by then.
std::unique_ptr<local_disk> make_local_disk(boost::asio::any_io_executor loop, int digest_threads = 2);

}  // namespace suprsync

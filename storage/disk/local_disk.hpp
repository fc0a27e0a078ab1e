// The engine's local_disk on the real disk: MD5 on threads of its own, everything that is quick on others,
// so that no hashing delays a stat. A call that does not come back is `place` after its limit: it holds up
// nothing but what lies there.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>

#include "engine/ports/local_disk.hpp"

namespace suprsync {

struct disk_limits {
    std::chrono::steady_clock::duration stat = std::chrono::seconds(10);   ///< a disk may have to spin up
    std::chrono::steady_clock::duration read = std::chrono::seconds(60);   ///< without a byte, from a tape
    std::chrono::steady_clock::duration write = std::chrono::seconds(60);  ///< a file that is written whole
};

/// `loop` is where results arrive. Destroying the disk stops digests and waits for the threads that do not
/// hang; no call may be waited for any more by then.
std::unique_ptr<local_disk> make_local_disk(boost::asio::any_io_executor loop, int digest_threads = 2,
                                            disk_limits limits = {});

}  // namespace suprsync

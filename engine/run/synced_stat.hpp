// A sync at the destination, answered, and then a look at files there: what every deletion and every
// announcement rests on (spec, Deleting).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// As transport::stat. Where the sync failed, what was published there before is distrusted in the catalog
/// before anything else is asked.
boost::asio::awaitable<stat_report> synced_stat(archive_context& archive, stat_request request);

/// Whether what it answered is no error of the connection, which is not told of it, so that copying goes on:
/// a disk there may take long to write back what it has, or files to be read.
constexpr bool fails_alone(failure_code code) {
    return code == failure_code::timed_out || code == failure_code::io;
}

}  // namespace suprsync

// A sync at the destination, answered, and then a look at files there: what every deletion and every
// announcement rests on (spec, Deleting).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// A machine that was started anew at the destination may have lost what was not synced before: the catalog
/// is told which run of its kernel answers, and what was synced, as catalog_proof::meet_boot. False where the
/// catalog does not answer.
boost::asio::awaitable<bool> note_boot(archive_context& archive, std::string boot, std::int64_t synced_to);

/// As transport::stat. Where the sync failed, what was published there before is distrusted in the catalog
/// before anything else is asked.
boost::asio::awaitable<stat_report> synced_stat(archive_context& archive, stat_request request);

/// Whether less is to be asked for at a time: the destination works, and took too long.
constexpr bool took_too_long(failure_code code) {
    return code == failure_code::timed_out || code == failure_code::stalled;
}

/// Whether what it answered is no error of the connection, which is not told of it, so that copying goes on:
/// a disk there may take long to write back what it has, or files to be read.
constexpr bool fails_alone(failure_code code) { return took_too_long(code) || code == failure_code::io; }

}  // namespace suprsync

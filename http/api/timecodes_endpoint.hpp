// GET /timecodes?archive=: an archive's timecode directories, how far each is, and what blocks it (spec,
// Timecode directories).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// `timecodes`, ascending, and `next`: where the next page is, or null. `archive` is required; pages: `after`
/// (a timecode), `limit` (1 to 1000, default 1000). 400 for a value that cannot be, 404 for an archive that
/// the daemon does not serve.
boost::asio::awaitable<http_answer> get_timecodes(service& service, http_request request);

}  // namespace suprsync

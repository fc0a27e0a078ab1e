// GET /history?archive=: what an archive did over time, and how its free space goes (spec, History).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// `archive`, `from`, `to` and `step` (s) of what is shown, `rows`, and `forecast` with `here` and `there`,
/// null where the free space is not known. `archive` is required; `from` and `to` are seconds since the epoch
/// (a day until now where they are not given), `step` whole minutes (chosen where it is not). 400 for a value
/// that cannot be or a step that makes too many points, 404 for an archive that the daemon does not serve.
boost::asio::awaitable<http_answer> get_history(service& service, http_request request);

}  // namespace suprsync

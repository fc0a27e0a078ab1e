// What is in flight at this moment (spec, HTTP interface).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// `transfers`: the batches in flight of all archives, or of one (404 where the daemon does not serve it),
/// with the ids of their files where `ids=true`; `catalog`: the uuid of the catalog that they are ids of.
/// Answered from memory.
boost::asio::awaitable<http_answer> get_transfers(service& service, http_request request);

}  // namespace suprsync

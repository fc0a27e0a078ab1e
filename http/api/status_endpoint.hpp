// GET /status, /healthz and /readyz: what the daemon is doing, whether it is alive, whether it can work.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// The status snapshot (spec, HTTP interface).
boost::asio::awaitable<http_answer> get_status(service& service, http_request request);

/// 200 whenever the loop runs.
boost::asio::awaitable<http_answer> get_healthz(service& service, http_request request);

/// 200 where the daemon is able to work, else 503 with the reason.
boost::asio::awaitable<http_answer> get_readyz(service& service, http_request request);

}  // namespace suprsync

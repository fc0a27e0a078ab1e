// GET /status, /healthz and /readyz: what the daemon is doing, whether it is alive, whether it can work.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// The session data (spec 7.3).
boost::asio::awaitable<http_answer> get_status(front_desk& desk, http_request request);

/// 200 whenever the loop runs.
boost::asio::awaitable<http_answer> get_healthz(front_desk& desk, http_request request);

/// 200 where the daemon is able to work, else 503 with the reason.
boost::asio::awaitable<http_answer> get_readyz(front_desk& desk, http_request request);

}  // namespace suprsync

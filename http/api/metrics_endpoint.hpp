// GET /metrics: the daemon's figures in Prometheus' text format.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// Answered from memory. Names and units follow https://prometheus.io/docs/practices/naming/.
boost::asio::awaitable<http_answer> get_metrics(service& service, http_request request);

/// The text for these figures.
std::string metrics_text(const measurements& measured, const http_figures& http_server);

}  // namespace suprsync

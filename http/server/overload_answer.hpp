// What a client hears that comes when all connections are taken, and none can be closed for it (spec, Limits
// of requests).
#pragma once

#include "http/server/connection.hpp"

namespace suprsync {

/// Answers 503 without reading the request, gives the client `linger_time` to take it, and closes.
std::unique_ptr<connection> make_overload_answer(connection::socket socket, const http_limits& limits);

}  // namespace suprsync

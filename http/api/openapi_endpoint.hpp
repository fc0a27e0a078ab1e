// GET /openapi.json: the interface described for programs (OpenAPI 3.1); the text is http/api/openapi.json.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "engine/ports/service.hpp"
#include "http/api/message.hpp"

namespace suprsync {

boost::asio::awaitable<http_answer> get_openapi(service& service, http_request request);

/// The document, as it was when this was built.
std::string_view openapi_document();

}  // namespace suprsync

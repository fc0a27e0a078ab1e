// What is answered to requests that are refused for their form, or because there is no room for them (spec,
// Limits of requests).
#pragma once

#include <boost/beast/http/message.hpp>
#include <optional>
#include <string_view>

#include "http/api/message.hpp"
#include "http/server/limits.hpp"

namespace suprsync {

/// Beast's views as those of the standard library.
inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// To a request that could not be read; none where the client is gone or too slow.
std::optional<http_answer> explained(const boost::system::error_code& error, const http_limits& limits);

/// Refuses what another program on the way could read differently: where the body ends, or for whom the
/// request is, must be said once and plainly (request smuggling).
std::optional<http_answer> refuse_framing(const boost::beast::http::request_header<>& header);

/// 503, and the connection ends.
http_answer too_many_pages(const http_limits& limits);
http_answer too_many_streams(const http_limits& limits);
http_answer too_many_bodies(const http_limits& limits);

}  // namespace suprsync

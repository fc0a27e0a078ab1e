// GET /events: what happens, as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>

#include "engine/ports/service.hpp"
#include "engine/report/event_feed.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// A stream that begins with the events after `Last-Event-ID`, as far as they are still kept, or without that
/// header with what happens from now on. 400 where the header is no id.
boost::asio::awaitable<http_answer> get_events(service& service, http_request request);

/// Writes events until the client is gone, does not take what it is sent within the HTTP server's limit, or
/// is so slow that events it has not had are no longer kept.
boost::asio::awaitable<void> stream_events(event_feed& feed, std::optional<std::uint64_t> last_seen,
                                           answer_stream& out);

/// One event as text: id, event, data (one line of JSON).
std::string event_text(const event& e);

}  // namespace suprsync

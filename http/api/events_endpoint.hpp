// GET /events: what happens, as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "engine/ports/service.hpp"
#include "engine/report/event_feed.hpp"
#include "http/api/message.hpp"

namespace suprsync {

/// Names of events: "failed", "condition"; empty: all.
using event_kinds = std::set<std::string, std::less<>>;

/// A stream that begins with the events after `Last-Event-ID`, as far as they are still kept, or without that
/// header with what happens from now on; of the `kinds` in the query alone, where
/// there are any. 400 where the header is no id, or a kind is none.
boost::asio::awaitable<http_answer> get_events(service& service, http_request request);

/// Writes events until the client is gone, does not take what it is sent within the HTTP server's limit, or
/// is so slow that events it has not had are no longer kept.
boost::asio::awaitable<void> stream_events(event_feed& feed, std::optional<std::uint64_t> last_seen,
                                           event_kinds kinds, answer_stream& out);

/// One event as text: id, event, data (one line of JSON).
std::string event_text(const event& e);

}  // namespace suprsync

// A request and its answer as the endpoints see them, apart from any HTTP library, and the one form in which
// errors are answered: application/problem+json (RFC 9457).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

/// What the HTTP server counts of itself, for GET /metrics.
struct http_figures {
    std::size_t connections = 0;
    std::size_t event_streams = 0;              ///< of these
    std::uint64_t refused_connections = 0;      ///< came when all others waited for answers
    std::map<unsigned, std::uint64_t> answers;  ///< by status
};

struct http_request {
    std::vector<std::string> arguments;        ///< what stood for each {...} of the endpoint's path, decoded
    std::map<std::string, std::string> query;  ///< decoded; only parameters that the endpoint has
    std::string body;
    std::string last_event_id;              ///< that header, where given
    std::string if_none_match;              ///< likewise
    bool read_only = false;                 ///< the HTTP server refuses what changes something
    const http_figures* figures = nullptr;  ///< of the HTTP server that it came through
};

/// The way to a client that gets an answer without an end of its own.
class answer_stream {
  public:
    virtual ~answer_stream() = default;

    /// False where the client is gone, or has not taken it all within the HTTP server's limit: it is closed
    /// then.
    virtual boost::asio::awaitable<bool> write(std::string_view bytes) = 0;

    /// Returns when the client has ended the connection, or close() was called.
    virtual boost::asio::awaitable<void> ended() = 0;
    virtual void close() = 0;

    /// How long the client may hear nothing.
    virtual std::chrono::milliseconds keepalive_time() const = 0;
};

/// Every member has a default: an answer names those that it has.
struct http_answer {
    unsigned status = 200;
    std::string_view reason = {};  ///< the status in words; empty: as HTTP libraries know it ("OK")
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< further ones
    bool ends_connection = false;
    /// Where set, the body is what this writes, and the connection ends with it.
    std::function<boost::asio::awaitable<void>(answer_stream&)> stream = {};
};

/// "Not Found" for 404; "Error" for statuses that this program does not use.
std::string_view reason_of(unsigned status);

/// An error that a status says all about: `type` is urn:suprsync: and a word for it (400 invalid, 404
/// not_found, ...), `title` the status in words. 503 gets a Retry-After.
http_answer problem(unsigned status, const std::string& detail);

/// 503 for who asks while too many do; it ends the connection: asking on at once would cost us as much as an
/// answer.
http_answer overloaded(const std::string& detail);

/// A failure of the engine: `type` is urn:suprsync:CODE. `index` tells which element of an array is wrong.
http_answer problem(unsigned status, const failure& why, std::optional<std::size_t> index = std::nullopt);

/// The same, with the status_of(why.code).
http_answer problem(const failure& why);

/// The status for a failure that a request has run into: 400 invalid, 403 not_permitted, 404 not_found, 409
/// conflict and changed, 503 where trying again may help, else 500.
unsigned status_of(failure_code code);

}  // namespace suprsync

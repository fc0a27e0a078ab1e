// One client: reads its requests one after the other within the limits, asks the endpoints, writes the
// answers. The only file that knows HTTP's grammar, through Beast.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "engine/ports/service.hpp"
#include "http/server/access_control.hpp"
#include "http/server/limits.hpp"
#include "http/server/page_turns.hpp"
#include "http/server/refusals.hpp"

namespace suprsync {

/// A listening socket, as the connections know it that came in by it.
struct listening_socket {
    suprsync::access_control access_control;
    bool speaks_tls = false;
    bool closed = false;  ///< no further request on any of them
};

/// What all connections of the server share.
struct server_context {
    suprsync::service& service;
    http_limits limits;
    suprsync::page_turns page_turns;
    body_budget bodies;
    std::unique_ptr<boost::asio::ssl::context> tls;  ///< for listening sockets that speak TLS
    std::function<void(const std::string&)> report;  ///< tells the operator what went wrong with us
    bool closing = false;                            ///< no further request on any connection
    http_figures figures = {};
};

class connection {
  public:
    using socket = boost::asio::generic::stream_protocol::socket;

    virtual ~connection() = default;

    /// Serves requests until either side ends it. Never throws.
    virtual boost::asio::awaitable<void> run() = 0;

    /// What it waits for, the cheapest to lose first.
    enum class occupation {
        no_request,  ///< the begin of one
        head,        ///< the rest of a request's head
        client,      ///< to send a body, or to take an answer
        stream,      ///< what happens, to tell the client
        service,     ///< the answer
    };
    /// And since when.
    struct state {
        occupation doing = occupation::no_request;
        std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
        /// Nothing is lost when it is closed.
        bool idle() const { return doing <= occupation::head || doing == occupation::stream; }
    };
    const state& now() const { return now_; }

    /// Ends it now; run() returns soon after, unless it waits for the service.
    virtual void close() = 0;

  protected:
    void becomes(occupation doing) { now_ = {doing}; }

  private:
    state now_;
};

/// `context` must outlive the connection.
std::unique_ptr<connection> make_connection(connection::socket socket, server_context& context,
                                            std::shared_ptr<const listening_socket> via);

}  // namespace suprsync

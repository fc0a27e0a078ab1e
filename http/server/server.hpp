// The HTTP server: an HTTP/1.1 server on the engine's loop, through which people and programs ask the service
// (spec, HTTP interface, Trust).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/ports/service.hpp"
#include "http/server/limits.hpp"
#include "http/server/listener.hpp"

namespace suprsync {

struct http_server_options {
    std::vector<listen_address> listen;  ///< from the begin; all of them, or the server is not opened
    suprsync::socket_access socket_access;
    std::string token;            ///< asked of every request but /healthz; empty: none
    std::string tls_certificate;  ///< PEM file with the chain; empty: plain HTTP; Unix sockets are plain
    std::string tls_key;          ///< PEM file
    std::vector<std::string> host_names;  ///< further names under which clients may ask
    bool read_only = false;               ///< refuses whatever changes something
    http_limits limits;

    /// Told of what is wrong with this machine or this program (no descriptors left, a bug in an endpoint),
    /// for the log; never of what clients do wrong. Called on the loop thread.
    std::function<void(const std::string&)> report;
};

class http_server {
  public:
    /// Listens from now on; connections wait until run(). Failures: those of add(), `invalid` (options).
    /// `service` must outlive the HTTP server.
    static result<std::unique_ptr<http_server>> open(const boost::asio::any_io_executor& executor,
                                                     http_server_options options, service& service);
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;
    ~http_server();

    /// Listens there, too; nothing where it does so already. Answers where, with the actual port. Failures:
    /// `in_use` (the port or socket is in use), `invalid` (an address that others can reach without a
    /// token), `not_permitted`, `conflict`, `io`.
    result<listen_address> add(const listen_address& where);

    /// Listens at these alone from now on: connections that came in elsewhere end with the request that they
    /// have, those of others go on.
    void keep_only(const std::vector<listen_address>& wanted);

    /// Where it was told to listen and does; and of these, where nobody finds it any more (listener::stands).
    std::vector<listen_address> listens() const;
    std::vector<listen_address> lost() const;

    /// Serves until stop() and until every connection has ended. A request that waits inside the service is
    /// waited for, also past the grace time: the service must answer it.
    boost::asio::awaitable<void> run();

    /// Accepts nothing more and closes what is idle; requests that are running get `grace`, then their
    /// connections are closed. Call on the loop thread.
    void stop(std::chrono::milliseconds grace);

    /// Where it listens first, as --http-listen is written, with the actual port ("127.0.0.1:40123"); "off".
    std::string address() const;

  private:
    struct state;
    explicit http_server(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace suprsync

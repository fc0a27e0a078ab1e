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

namespace suprsync {

struct http_server_options {
    std::string listen = "127.0.0.1:8642";  ///< --http-listen: ADDRESS:PORT, unix:PATH or off
    std::string token;                      ///< asked of every request but /healthz; empty: none
    std::string tls_certificate;            ///< PEM file with the chain; empty: plain HTTP
    std::string tls_key;                    ///< PEM file
    std::vector<std::string> host_names;    ///< further names under which clients may ask
    bool read_only = false;                 ///< refuses whatever changes something
    http_limits limits;

    /// Told of what is wrong with this machine or this program (no descriptors left, a bug in an endpoint),
    /// for the log; never of what clients do wrong. Called on the loop thread.
    std::function<void(const std::string&)> report;
};

class http_server {
  public:
    /// Listens from now on; connections wait until run(). Failures: `in_use` (the port or socket is in use),
    /// `invalid` (options; an address that others can reach without a token), `not_permitted`, `conflict`,
    /// `io`. `service` must outlive the HTTP server.
    static result<std::unique_ptr<http_server>> open(const boost::asio::any_io_executor& executor,
                                                     http_server_options options, service& service);
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;
    ~http_server();

    /// Serves until stop() and until every connection has ended (at once with "off"). A request that waits
    /// inside the service is waited for, also past the grace time: the service must answer it.
    boost::asio::awaitable<void> run();

    /// Accepts nothing more and closes what is idle; requests that are running get `grace`, then their
    /// connections are closed. Call on the loop thread.
    void stop(std::chrono::milliseconds grace);

    /// Where it listens, as --http-listen is written, with the actual port ("127.0.0.1:40123").
    std::string address() const;

  private:
    struct state;
    explicit http_server(std::shared_ptr<state> s);
    std::shared_ptr<state> state_;
};

}  // namespace suprsync

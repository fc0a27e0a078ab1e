// An HTTP server in a thread of its own, and a client that sends exactly the bytes that a test wants.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "http/server/server.hpp"
#include "tests/support/http/fake_service.hpp"

namespace suprsync::testing {

/// Listens on a free port of 127.0.0.1 unless told otherwise; ends with the object.
class running_server {
  public:
    explicit running_server(http_server_options options = {},
                            std::size_t history = event_feed::default_history);
    ~running_server();

    fake_service& service() { return *service_; }
    http_server& server() { return *http_server_; }  ///< on the loop thread
    std::string address() const { return http_server_->address(); }
    std::uint16_t port() const;

    void stop(std::chrono::milliseconds grace);
    /// Runs on the loop thread; returns when it has.
    void on_loop(const std::function<void()>& action);
    /// Returns when run() has.
    void join();

  private:
    boost::asio::io_context loop_;
    std::unique_ptr<fake_service> service_;
    std::unique_ptr<http_server> http_server_;
    std::thread thread_;
};

/// Options that listen on a free port.
http_server_options on_any_port();

struct reply {
    int status = 0;                              ///< 0: the connection ended without an answer
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    std::string raw_header;
};

/// Gives up after 20 s without a byte.
class raw_client {
  public:
    explicit raw_client(std::uint16_t port);
    explicit raw_client(const std::string& unix_path);
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;
    ~raw_client();

    /// False when the other side has closed.
    bool send(const std::string& bytes);
    /// The next answer; `head` where none has a body.
    reply receive(bool head = false);
    reply ask(const std::string& bytes, bool head = false);
    /// Everything up to and with `text`; what comes after it is kept. Fails where the other side closes
    /// first.
    std::string until(const std::string& text);
    /// Everything until the other side closes.
    std::string rest();
    /// The other side has closed, and has sent nothing more.
    bool closed();
    /// It closed while bytes of ours were unread, which may cost a client the answer.
    bool was_reset() const { return reset_; }
    void end_sending();

  private:
    bool fill();
    int fd_ = -1;
    bool reset_ = false;
    std::string buffer_;
};

/// A request with Host: localhost; a body makes it application/json with its length.
std::string request(const std::string& method, const std::string& target, const std::string& body = {},
                    const std::string& more_headers = {});

/// One request on a connection of its own.
reply ask(running_server& http_server, const std::string& bytes);

/// The object in the answer to a request, which must be 200.
boost::json::object answer_of(running_server& http_server, const std::string& method,
                              const std::string& target, const std::string& body = {});

/// The problem in an answer, which must have this status and the form of RFC 9457.
boost::json::object problem_of(const reply& got, int status);

/// The detail of the problem that a request is answered with, which must have this status.
std::string problem_detail(running_server& http_server, int status, const std::string& method,
                           const std::string& target, const std::string& body = {});

/// Whether the text holds that part; shown where a test on it fails.
bool says(const std::string& text, const std::string& part);

/// Gives the service a row with this id.
void put_file(fake_service& service, file_id id, const std::string& state = "pending",
              const std::string& archive = "smurf");

/// One good registration as JSON.
std::string good_file(const std::string& local = "/a", const std::string& more_members = {});

}  // namespace suprsync::testing

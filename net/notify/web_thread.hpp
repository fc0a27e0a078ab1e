// Posts to web servers by libcurl, on one thread of its own for all of them: finding a host, connecting and
// waiting for answers hold up neither the loop nor one another.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace suprsync {

struct web_request {
    std::string url;
    std::string content_type;
    std::string text;
    std::string ca_file;  ///< PEM; empty: what this machine trusts
    double timeout = 30;  ///< s, from begin to end
};

struct web_answer {
    bool stopped = false;
    bool timed_out = false;
    long status = 0;                    ///< of HTTP; 0: there was no answer
    std::string error;                  ///< why there was none
    std::string said;                   ///< the beginning of the answer's body
    std::optional<double> retry_after;  ///< s
    std::string redirect_host;          ///< of the address that a redirection names
};

/// Belongs to the loop thread.
class web_thread {
  public:
    explicit web_thread(boost::asio::any_io_executor loop);
    /// Ends what is under way.
    ~web_thread();
    web_thread(const web_thread&) = delete;
    web_thread& operator=(const web_thread&) = delete;

    /// TLS 1.2 or newer, verified; by the proxy that the environment names (https_proxy, no_proxy);
    /// redirections are not followed.
    boost::asio::awaitable<web_answer> post(web_request request);

    /// What is under way, and what comes later, is answered with `stopped`.
    void stop();

  private:
    struct shared;

    boost::asio::any_io_executor loop_;
    std::shared_ptr<shared> shared_;
    std::jthread thread_;
};

}  // namespace suprsync

// A small HTTP/1.1 client on plain sockets, one request a connection: what curl would do, and, for the bad
// requests that curl would not send, any bytes at all.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>

namespace suprsync::test {

struct http_response {
    int status = 0;
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    /// The body as JSON; throws where it is none.
    boost::json::value json() const;
};

class http_client {
  public:
    /// "http://127.0.0.1:41234" or "unix:/path/of/socket".
    explicit http_client(std::string address);

    /// Each throws std::runtime_error where no connection or no whole answer is to be had within 30 s.
    http_response get(const std::string& path) const;
    http_response post(const std::string& path, const std::string& body,
                       const std::string& content_type = "application/json") const;
    http_response post(const std::string& path, const boost::json::value& body) const;
    http_response request(const std::string& method, const std::string& path,
                          const std::map<std::string, std::string>& headers, const std::string& body) const;
    /// Sends these bytes as they are, and reads one answer.
    http_response raw(const std::string& bytes) const;

  private:
    std::string address_;
    std::string host_ = "localhost";
};

}  // namespace suprsync::test

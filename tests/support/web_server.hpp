// A web server of a test's own on 127.0.0.1, with TLS or without: keeps what it is asked, and answers as the
// test wants.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace suprsync::test {

struct web_question {
    std::string target;                          ///< "/path?query"
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

class web_server {
  public:
    /// Plain HTTP.
    web_server();
    /// TLS, with this certificate and key.
    web_server(const std::filesystem::path& certificate, const std::filesystem::path& key);
    ~web_server();
    web_server(const web_server&) = delete;
    web_server& operator=(const web_server&) = delete;

    std::uint16_t port() const;
    /// "https://localhost:PORT" or "http://localhost:PORT".
    std::string url() const;

    /// The whole answer, from "HTTP/1.1 " on; "" for none, ever. Asked on threads of the server. 204 where it
    /// is not set; to be set before the first question.
    std::function<std::string(const web_question&)> answer;

    /// What it was asked so far.
    std::vector<web_question> asked() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

/// "HTTP/1.1 STATUS X" with these headers, each with its "\r\n", and a body.
std::string web_answer_of(int status, const std::string& headers = "", const std::string& body = "");

}  // namespace suprsync::test

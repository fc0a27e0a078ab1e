#include "tests/support/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace suprsync::test {

namespace {

class connection {
  public:
    explicit connection(const std::string& address) {
        sockaddr_un local{};
        sockaddr_in internet{};
        const sockaddr* to = nullptr;
        socklen_t size = 0;
        if (address.starts_with("unix:")) {
            local.sun_family = AF_UNIX;
            const auto path = address.substr(5);
            if (path.size() >= sizeof local.sun_path) throw std::runtime_error("too long: " + path);
            std::memcpy(local.sun_path, path.c_str(), path.size() + 1);
            to = reinterpret_cast<const sockaddr*>(&local);
            size = sizeof local;
        } else {
            const std::string prefix = "http://127.0.0.1:";
            if (!address.starts_with(prefix)) throw std::runtime_error("no address: " + address);
            internet.sin_family = AF_INET;
            internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            internet.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(prefix.size()))));
            to = reinterpret_cast<const sockaddr*>(&internet);
            size = sizeof internet;
        }
        socket_ = ::socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval limit{30, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (::connect(socket_, to, size) != 0) {
            const int error = errno;
            ::close(socket_);
            throw std::system_error(error, std::generic_category(), "connect to " + address);
        }
    }
    ~connection() { ::close(socket_); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // What the other side does not take (it may answer and close early) is not sent.
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    // Appends what arrives next; false at the end.
    bool receive(std::string& into) {
        char buffer[65536];
        const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
        if (got < 0) throw std::system_error(errno, std::generic_category(), "receive");
        into.append(buffer, static_cast<std::size_t>(got));
        return got > 0;
    }

  private:
    int socket_ = -1;
};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

http_response read_response(connection& from) {
    std::string text;
    std::size_t head = 0;
    while ((head = text.find("\r\n\r\n")) == std::string::npos)
        if (!from.receive(text)) throw std::runtime_error("no whole answer: '" + text + "'");

    http_response response;
    if (!text.starts_with("HTTP/1.1 ") && !text.starts_with("HTTP/1.0 "))
        throw std::runtime_error("no HTTP answer: " + text);
    std::from_chars(text.data() + 9, text.data() + 12, response.status);
    std::size_t at = text.find("\r\n") + 2;
    while (at < head) {
        const auto end = text.find("\r\n", at);
        const auto line = text.substr(at, end - at);
        const auto colon = line.find(':');
        if (colon == std::string::npos) throw std::runtime_error("malformed header: " + line);
        auto value = line.substr(colon + 1);
        value.erase(0, value.find_first_not_of(" \t"));
        response.headers[lower(line.substr(0, colon))] = value;
        at = end + 2;
    }
    text.erase(0, head + 4);
    const auto length = response.headers.find("content-length");
    if (length != response.headers.end()) {
        const auto wanted = std::stoull(length->second);
        while (text.size() < wanted)
            if (!from.receive(text)) throw std::runtime_error("the body was cut short");
        text.resize(wanted);
    } else {
        while (from.receive(text)) continue;
    }
    response.body = std::move(text);
    return response;
}

}  // namespace

boost::json::value http_response::json() const {
    try {
        return boost::json::parse(body);
    } catch (const std::exception& e) {
        throw std::runtime_error(std::string(e.what()) + " in '" + body + "'");
    }
}

http_client::http_client(std::string address) : address_(std::move(address)) {
    if (address_.starts_with("http://")) host_ = address_.substr(7);
}

http_response http_client::raw(const std::string& bytes) const {
    connection to(address_);
    to.send(bytes);
    return read_response(to);
}

http_response http_client::request(const std::string& method, const std::string& path,
                                   const std::map<std::string, std::string>& headers,
                                   const std::string& body) const {
    std::string text = method + " " + path + " HTTP/1.1\r\n";
    if (!headers.contains("Host")) text += "Host: " + host_ + "\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    if (!body.empty() || method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return raw(text + "Connection: close\r\n\r\n" + body);
}

http_response http_client::get(const std::string& path) const { return request("GET", path, {}, ""); }

http_response http_client::post(const std::string& path, const std::string& body,
                                const std::string& content_type) const {
    return request("POST", path, {{"Content-Type", content_type}}, body);
}

http_response http_client::post(const std::string& path, const boost::json::value& body) const {
    return post(path, boost::json::serialize(body));
}

}  // namespace suprsync::test

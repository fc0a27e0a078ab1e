// systemd's end of a socket to which a service sends messages of lines: NOTIFY_SOCKET, the journal's.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

namespace suprsync::test {

class message_socket {
  public:
    explicit message_socket(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        BOOST_REQUIRE(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size());
        BOOST_REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        const timeval limit{90, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~message_socket() { ::close(fd_); }
    message_socket(const message_socket&) = delete;
    message_socket& operator=(const message_socket&) = delete;

    /// The next message that has this line, between newlines; those before it are dropped.
    std::string await(const std::string& line) const {
        std::string text(65536, '\0');
        while (true) {
            const auto length = ::recv(fd_, text.data(), text.size(), 0);
            BOOST_REQUIRE_MESSAGE(length > 0, "no message with " << line);
            const auto message = "\n" + text.substr(0, static_cast<std::size_t>(length)) + "\n";
            if (message.find("\n" + line + "\n") != std::string::npos) return message;
        }
    }

  private:
    int fd_;
};

}  // namespace suprsync::test

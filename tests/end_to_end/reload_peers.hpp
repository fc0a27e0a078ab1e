// Whom `suprsync reload` must not signal, and who asks or answers in its place.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <string>

#include "tests/end_to_end/site.hpp"

namespace suprsync::test {

// A process that SIGHUP ends, as it ends most.
struct bystander {
    explicit bystander(const site& s) : process({"/bin/sleep", "1000"}, {}, s.scratch / "bystander") {}
    daemon_process process;
    bool lives() { return !process.ended().has_value(); }
};

inline sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(path.native().size() < sizeof address.sun_path);
    std::strcpy(address.sun_path, path.c_str());
    return address;
}

// Whoever connects to the daemon's socket by himself.
class visitor {
  public:
    explicit visitor(const std::filesystem::path& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto address = address_of(path);
        BOOST_REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~visitor() { ::close(fd_); }
    visitor(const visitor&) = delete;
    visitor& operator=(const visitor&) = delete;
    // '' where it hangs up.
    std::string hear() const {
        char answer[4096];
        const auto length = ::recv(fd_, answer, sizeof answer, 0);
        return length > 0 ? std::string(answer, static_cast<std::size_t>(length)) : "";
    }
    std::string ask(const std::string& word) const {
        ::send(fd_, word.data(), word.size(), MSG_NOSIGNAL);
        return hear();
    }

  private:
    int fd_;
};

// Somebody else's socket at this path.
class other_socket {
  public:
    explicit other_socket(const std::filesystem::path& path)
        : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const auto address = address_of(path);
        BOOST_REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(::listen(fd_, 8) == 0);
    }
    ~other_socket() { ::close(fd_); }
    other_socket(const other_socket&) = delete;
    other_socket& operator=(const other_socket&) = delete;
    void answer(const std::string& line) const {
        const int connection = ::accept(fd_, nullptr, nullptr);
        BOOST_REQUIRE(::send(connection, line.data(), line.size(), MSG_NOSIGNAL) > 0);
        char word[64];
        while (::recv(connection, word, sizeof word, 0) > 0) continue;
        ::close(connection);
    }

  private:
    int fd_;
};

}  // namespace suprsync::test

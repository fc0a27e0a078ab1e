#include "tests/support/tcp_sockets.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace suprsync::test {

namespace {

constexpr int socket_buffer = 128 << 10;  ///< small, so that little hides in buffers

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

void tune(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &socket_buffer, sizeof socket_buffer);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
}

int new_socket() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) fail_with_errno("socket");
    tune(fd);
    return fd;
}

}  // namespace

void fail_with_errno(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int listen_on_loopback(std::uint16_t& port) {
    const int listener = new_socket();
    const int on = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    auto address = loopback(port);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail_with_errno("bind");
    socklen_t size = sizeof address;
    if (::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail_with_errno("getsockname");
    port = ntohs(address.sin_port);
    if (::listen(listener, 64) != 0) fail_with_errno("listen");
    return listener;
}

int accept_from(int listener) {
    const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client >= 0) tune(client);
    return client;
}

int connect_to_loopback(std::uint16_t port) {
    const int target = new_socket();
    const auto address = loopback(port);
    if (::connect(target, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno == EINPROGRESS)
        return target;
    ::close(target);
    return -1;
}

void reset_and_close(int socket) {
    const linger hard = {1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(socket);
}

}  // namespace suprsync::test

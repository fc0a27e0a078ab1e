#include "http/server/listener.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstring>

namespace asio = boost::asio;
using boost::system::error_code;

namespace suprsync {

namespace {

using generic_endpoint = asio::generic::stream_protocol::endpoint;

failure fault(failure_code code, const listen_address& where, const std::string& detail) {
    return {code, "listen on", where.text(), detail};
}

failure explained(const error_code& error, const listen_address& where) {
    if (error == asio::error::address_in_use)
        return fault(failure_code::in_use, where,
                     "another program listens there already; choose another port or path (--http-listen)");
    if (error == asio::error::access_denied)
        return fault(failure_code::not_permitted, where, "Permission denied");
    if (error == boost::system::errc::address_not_available)
        return fault(failure_code::invalid, where, "this machine does not have that address");
    return fault(failure_code::io, where, error.message());
}

// Makes room for our socket file: removes one that nobody listens on any more.
result<void> clear_path(const asio::any_io_executor& executor, const listen_address& where) {
    struct ::stat seen{};
    if (::lstat(where.path.c_str(), &seen) != 0) return {};
    if (!S_ISSOCK(seen.st_mode))
        return fault(failure_code::conflict, where,
                     "a file that is not a socket lies there; remove it or choose another path");
    asio::local::stream_protocol::socket probe(executor);
    error_code error;
    probe.connect(asio::local::stream_protocol::endpoint(where.path), error);
    if (!error || error == asio::error::would_block || error == asio::error::try_again)
        return explained(asio::error::address_in_use, where);
    if (error != asio::error::connection_refused) return explained(error, where);
    if (::unlink(where.path.c_str()) != 0)
        return explained(error_code(errno, boost::system::system_category()), where);
    return {};
}

// Nobody can connect between bind and listen: whom it lets in is right from the first connection on.
result<void> let_in(const listen_address& where, const socket_access& access) {
    const auto refused = [&](const std::string& what) {
        const int number = errno;
        return fault(number == EPERM ? failure_code::not_permitted : failure_code::io, where,
                     what + std::strerror(number));
    };
    if (access.group && ::lchown(where.path.c_str(), static_cast<::uid_t>(-1), *access.group) != 0)
        return refused(
            "the socket cannot be given to that group, which the account must belong to (http.socket_group): ");
    if (::chmod(where.path.c_str(), access.mode) != 0) return refused("its permissions cannot be set: ");
    return {};
}

std::uint16_t port_of(const generic_endpoint& bound) {
    asio::ip::tcp::endpoint tcp;
    std::memcpy(tcp.data(), bound.data(), bound.size());
    tcp.resize(bound.size());
    return tcp.port();
}

}  // namespace

generic_endpoint endpoint_of(const listen_address& where) {
    if (where.what == listen_address::kind::unix_socket)
        return asio::local::stream_protocol::endpoint(where.path);
    return asio::ip::tcp::endpoint(asio::ip::make_address(where.address), where.port);
}

result<listener> listener::open(const asio::any_io_executor& executor, listen_address where,
                                const socket_access& access) {
    const bool on_path = where.what == listen_address::kind::unix_socket;
    if (on_path)
        if (auto cleared = clear_path(executor, where); !cleared) return cleared.error();

    const auto endpoint = endpoint_of(where);
    acceptor socket(executor);
    error_code error;
    socket.open(endpoint.protocol(), error);
    if (error) return explained(error, where);
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    if (!on_path) socket.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) socket.bind(endpoint, error);
    if (!error && on_path)
        if (auto set = let_in(where, access); !set) {
            ::unlink(where.path.c_str());
            return set.error();
        }
    if (!error) socket.listen(asio::socket_base::max_listen_connections, error);
    if (error) return explained(error, where);
    if (!on_path) where.port = port_of(socket.local_endpoint());
    return listener(std::move(socket), std::move(where));
}

listener::listener(acceptor a, listen_address where) : acceptor_(std::move(a)), where_(std::move(where)) {
    struct ::stat seen{};
    if (where_.what == listen_address::kind::unix_socket && ::lstat(where_.path.c_str(), &seen) == 0) {
        device_ = seen.st_dev;
        inode_ = seen.st_ino;
    }
}

listener::listener(listener&& other) noexcept
    : acceptor_(std::move(other.acceptor_)),
      where_(std::move(other.where_)),
      device_(std::exchange(other.device_, 0)),
      inode_(std::exchange(other.inode_, 0)) {}

listener::~listener() { close(); }

void listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    if (inode_ != 0 && stands()) ::unlink(where_.path.c_str());
    inode_ = 0;
}

bool listener::stands() const {
    struct ::stat seen{};
    return inode_ == 0 ||
           (::lstat(where_.path.c_str(), &seen) == 0 && seen.st_dev == device_ && seen.st_ino == inode_);
}

}  // namespace suprsync

// The listening socket: TCP or Unix, opened, named and removed (spec, Who may ask).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <optional>

#include "engine/model/failure.hpp"
#include "http/server/listen_address.hpp"

namespace suprsync {

/// Who may connect to a Unix socket (spec, Who may ask).
struct socket_access {
    unsigned mode = 0660;
    std::optional<unsigned> group = {};  ///< none: as the file is made
};

boost::asio::generic::stream_protocol::endpoint endpoint_of(const listen_address& where);

class listener {
  public:
    using acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

    /// Failures: `in_use` (the port or socket is in use), `not_permitted`, `conflict` (a file that is no
    /// socket lies at the path), `invalid` (no such address on this machine), `io`. A socket file that nobody
    /// listens on is replaced; ours lets in whom `access` says.
    static result<listener> open(const boost::asio::any_io_executor& executor, listen_address where,
                                 const socket_access& access = {});

    listener(listener&& other) noexcept;
    listener& operator=(listener&&) = delete;
    ~listener();

    acceptor& socket() { return acceptor_; }

    /// Where it listens, with the port that was chosen where 0 was asked for.
    const listen_address& where() const { return where_; }

    /// Whoever knows where it listens can connect: false where its socket was removed, or another has its
    /// place.
    bool stands() const;

    /// Ends listening and removes the Unix socket, unless another has taken its place.
    void close();

  private:
    listener(acceptor a, listen_address where);

    acceptor acceptor_;
    listen_address where_;
    std::uint64_t device_ = 0;  // of the socket file that we made
    std::uint64_t inode_ = 0;
};

}  // namespace suprsync

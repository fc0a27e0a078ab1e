// A slow, long, broken or dead link: a TCP proxy on 127.0.0.1 that runs in a thread of the test and is told
// while it runs what to do to the bytes. Counts what it passed on.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace suprsync::test {

class tcp_proxy {
  public:
    /// Listens on a port of its own and connects to 127.0.0.1:`target_port` for each connection. Throws
    /// std::system_error.
    explicit tcp_proxy(std::uint16_t target_port);
    ~tcp_proxy();
    tcp_proxy(const tcp_proxy&) = delete;
    tcp_proxy& operator=(const tcp_proxy&) = delete;

    std::uint16_t port() const;

    /// One way, for both ways.
    void set_delay(std::chrono::milliseconds delay);
    /// Bytes of one connection that are on their way at a time, each way: as TCP windows limit them on a long
    /// link; none: as many as come.
    void set_window(std::optional<std::size_t> bytes);
    /// Bytes per second, each way, for all connections together; none: as fast as it goes.
    void set_rate(std::optional<std::uint64_t> bytes_per_second);
    /// Resets every connection when, from now on, so many bytes have gone to the target; once, or again and
    /// again after as many bytes.
    void cut_after(std::uint64_t bytes, bool repeat = false);
    /// Resets every connection now.
    void cut();
    /// Takes bytes and passes nothing on; connections stay open.
    void swallow(bool on);
    /// Nobody listens on the port; connections that exist are reset.
    void refuse(bool on);

    std::uint64_t to_target() const;    ///< bytes passed on to the target
    std::uint64_t from_target() const;  ///< bytes passed on from it
    std::size_t connections() const;    ///< accepted so far
    std::size_t cuts() const;           ///< how often cut_after struck

  private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace suprsync::test

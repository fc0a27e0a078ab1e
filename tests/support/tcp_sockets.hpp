// TCP sockets on 127.0.0.1 that never block, for what stands between two programs of a test.
#pragma once

#include <cstdint>

namespace suprsync::test {

/// Throws std::system_error with errno.
[[noreturn]] void fail_with_errno(const char* what);

/// Port 0 becomes the port that was given. Throws std::system_error.
int listen_on_loopback(std::uint16_t& port);
/// The next connection; -1 where nobody waits.
int accept_from(int listener);
/// A connection that may still be under way; -1 where it was refused at once.
int connect_to_loopback(std::uint16_t port);
/// Whoever is at the other end sees a reset, not an end.
void reset_and_close(int socket);

}  // namespace suprsync::test

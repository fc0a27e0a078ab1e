// Which cipher an ssh connection should have. Where this machine computes AES by instructions of its own,
// AES-GCM carries a third more than ssh's first choice, ChaCha20-Poly1305; both are taken for equally strong.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "net/process/child_process.hpp"
#include "net/remote/ssh_arguments.hpp"

namespace suprsync {

/// The list for ssh's option Ciphers: that of `ssh -G`, AES-GCM first, nothing left out. None where ssh's
/// configuration has a list of its own (`by_configuration` has another one than `by_default`, which is what
/// `ssh -G` prints without any), where no AES-GCM is known, or where it is first already.
std::optional<std::string> aes_first(std::string_view by_configuration, std::string_view by_default);

/// Whether this machine has instructions for AES.
bool has_aes_instructions();

/// What aes_first() says of this machine's ssh and configuration for that host. Looks only, connects to
/// nothing; none where ssh does not answer within 5 s, or there are no such
/// instructions.
boost::asio::awaitable<std::optional<std::string>> preferred_ciphers(child_runner& runner,
                                                                     ssh_options options);

}  // namespace suprsync

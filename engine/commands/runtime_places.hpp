// Where daemons of this machine keep what lives as long as they do, and where tools look for their sockets
// (spec, Our own place, Who may ask).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "http/server/listen_address.hpp"

namespace suprsync {

/// Short paths for own_place(), in order of preference: a session that ends takes its own away, and what is
/// its user's in /dev/shm.
std::vector<std::string> runtime_directory_paths();

/// What a socket is for, as its name begins: HTTP, or the daemon's answers to `suprsync reload`.
inline constexpr const char* http_sockets = "http";
inline constexpr const char* reload_sockets = "reload";

/// How a socket is made, with the directory that it lies in. Failure `in_use`: another daemon has it.
using socket_maker = std::function<result<listen_address>(const std::string&, const listen_address&)>;

/// Makes the first socket of its kind that no other daemon of this user has, in the first of its directories
/// where that can be done. Answers as `make` does; failures also those of own_place().
result<listen_address> take_first_socket(const std::string& kind, const socket_maker& make);

/// Paths of such sockets that are there: this user's, and those of the installed units, or within a service
/// its own; none that somebody else could have put in their place.
std::vector<std::string> sockets_of_daemons(const std::string& kind);

/// The same, and within a service those of this user's other daemons, too: for who knows which process is
/// meant, as its own may have lost its directory.
std::vector<std::string> sockets_of_any_daemon(const std::string& kind);

/// Those of the installed unit that has this configuration: suprsync.service /etc/suprsync/suprsync.yaml, its
/// instance NAME /etc/suprsync/NAME.yaml; none for any other file.
std::vector<std::string> sockets_of_unit(const std::string& kind, const std::string& configuration);

}  // namespace suprsync

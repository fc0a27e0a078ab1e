// Where daemons of this machine keep what lives as long as they do, and where tools look for their sockets
// (spec, Our own place, Who may ask).
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// Short paths for own_place(), in order of preference: a session that ends takes its own away, and what is
/// its user's in /dev/shm.
std::vector<std::string> runtime_directory_paths();

/// The socket at which a daemon listens by default: the number-th of this directory, from 1.
std::string default_socket(const std::string& directory, int number);

/// Paths of such sockets that are there: this user's, and those of the installed unit, or within a service
/// its own; none that somebody else could have put in their place.
std::vector<std::string> sockets_of_daemons();

}  // namespace suprsync

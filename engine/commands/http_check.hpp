// What the HTTP server would refuse of a configuration, found before anything is opened, and all of it at
// once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/config/configuration_layers.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

struct checked_http {
    std::string token;                     ///< content of --http-token-file
    std::optional<unsigned> socket_group;  ///< number of --http-socket-group
    std::vector<failure> mistakes;  ///< addresses, names, files and groups, each with where it was written
};

/// Reads the files that the options name (token, certificate, key), and opens nothing else. `layers` are
/// those that the configuration was put together from.
checked_http check_http(const daemon_configuration& configuration, const configuration_layers& layers);

}  // namespace suprsync

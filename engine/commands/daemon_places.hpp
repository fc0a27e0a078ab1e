// Where the daemon answers, for every tool that asks it: one rule, whatever the tool (spec, The tools).
#pragma once

#include <string>
#include <vector>

#include "engine/commands/daemon_client.hpp"
#include "engine/commands/tool_arguments.hpp"

namespace suprsync {

struct daemon_places {
    std::vector<daemon_address>
        places;            ///< in the order in which they are asked; the token where it is known
    bool told = false;     ///< the configuration says where: nobody answers elsewhere
    std::string unusable;  ///< why the configuration that nobody named cannot be used; '' where it can
};

/// Where the configuration (tool_configuration.hpp) says that the daemon listens; where it does not, the
/// sockets of the installed unit that has it, else those of every daemon that this account can find. Throws
/// failure_error `invalid` where a configuration that was named cannot be used, or says that the daemon
/// listens nowhere.
daemon_places places_of_daemon(const tool_arguments& arguments);

}  // namespace suprsync

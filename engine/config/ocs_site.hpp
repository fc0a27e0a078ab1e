// Reads an OCS site configuration (spec, OCS site configuration): the entries of one host that are SupRsync
// agents, each with its arguments as the agent would get them. What belongs to other programs is left alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"

namespace suprsync {

struct ocs_argument {
    std::string text;
    std::string place;  ///< "default.yaml:31"
};

/// One `agent-class: SupRsync` entry.
struct ocs_instance {
    std::string instance_id;
    std::string place;
    std::vector<ocs_argument> arguments;  ///< nested lists are flattened, as OCS does
    std::string manage = {};              ///< what a HostManager is told of it; empty: nothing
    std::string manager = {};             ///< instance id of the host's HostManager; empty: it has none
    bool incomplete = false;              ///< not all arguments could be read
};

/// What the file says of its hub under this name, its host or the whole site.
struct ocs_hub_word {
    std::string name;  ///< "wamp_server"
    std::string text;
    std::string place;
};

struct ocs_site_request {
    std::string file;
    std::string host;                        ///< of `--site-host`, or this machine's name
    std::optional<std::string> instance_id;  ///< this entry only
};

struct ocs_site {
    std::vector<ocs_instance> instances;  ///< at least one, where there is no mistake
    std::vector<ocs_hub_word> hub;        ///< wamp_server, wamp_realm and address_root, where they are there
    std::vector<failure> mistakes;  ///< the subject is "FILE:LINE: NAME", the detail says what was expected
    bool incomplete = false;        ///< not all entries could be read
};

/// As with OCS, a site without the host may have `localhost`.
ocs_site read_ocs_site(const ocs_site_request& request);

}  // namespace suprsync

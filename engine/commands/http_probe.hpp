// What judge_http() is to be told of a configuration: where the daemon listens, and who may read its secrets.
#pragma once

#include <vector>

#include "engine/commands/run_options.hpp"
#include "engine/rules/http_diagnosis.hpp"
#include "http/server/listen_address.hpp"

namespace suprsync {

/// Where the daemon is told to listen.
std::vector<listen_address> configured_addresses(const daemon_configuration& configuration);

/// `listens`: those, or where it does.
probed_http probe_http(const run_options& options, const std::vector<listen_address>& listens);

}  // namespace suprsync

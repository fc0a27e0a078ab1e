// Probes a destination without changing anything there: one connection, one script that only reads.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/diagnosis.hpp"
#include "net/process/child_process.hpp"
#include "net/remote/transport_options.hpp"

namespace suprsync {

/// Of the options only those of the connection, the base directory and staging are used; control sockets lie
/// in `runtime_directory`, which must exist. `catalog_uuid` is '' where there is no catalog yet. `runner`
/// must outlive the loop's work.
boost::asio::awaitable<probed_destination> probe_destination(boost::asio::any_io_executor executor,
                                                             child_runner& runner, transport_options options,
                                                             std::string catalog_uuid);

/// The first line that `program` says of itself when asked with `argument`; empty where it is not installed.
boost::asio::awaitable<std::string> version_here(child_runner& runner, std::string program,
                                                 std::string argument);

/// Asks rsync here whether it understands these arguments; what it says where it does not.
boost::asio::awaitable<std::string> rsync_complaint(child_runner& runner, std::vector<std::string> arguments);

/// Reads what the script says into `into`; false where something else comes before it. For tests.
bool read_probe(std::string_view output, probed_destination& into);

}  // namespace suprsync

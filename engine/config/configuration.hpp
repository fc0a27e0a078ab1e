// What the daemon is told to do: one daemon, any number of archives. Values are checked here, whatever they
// were read from (command line, configuration file, site file).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/settings.hpp"

namespace suprsync {

/// One thing that is wrong, with where it is wrong, so that a reader of files can say the line.
struct configuration_fault {
    std::optional<std::size_t> archive;     ///< index in daemon_configuration::archives; none: of the daemon
    std::string option;                     ///< without dashes: "archive-name"
    std::string detail;                     ///< what was expected, and what is there
    std::optional<std::size_t> first = {};  ///< index of the archive that has the same value already
    std::string without = {};               ///< the option that would have to be there, too
};

/// Everything that is wrong; none where all is fine.
std::vector<configuration_fault> find_faults(const daemon_configuration& configuration);

/// The first thing that is wrong, as `invalid`; the subject is the option's name ("--archive-name").
result<void> check(const daemon_configuration& configuration);

/// Archive names and instance ids: why_no_name() (spec, What may be registered).
result<void> check_name(const std::string& option, const std::string& name);

}  // namespace suprsync

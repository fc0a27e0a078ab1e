// The configuration of the daemon as the tools go by it (spec, The tools): where its catalog lies and where
// it answers, where the command line does not say so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/commands/tool_arguments.hpp"
#include "engine/model/settings.hpp"

namespace suprsync {

/// --config, for the table of commands, and the tool's own.
std::vector<command_option> with_configuration_option(std::vector<command_option> own);

struct tool_configuration {
    std::string file;         ///< '' where there is none
    bool is_default = false;  ///< nobody named it
    /// Of the file and of the environment, which wins; where there is no file only what follows is set.
    daemon_configuration daemon;
    /// Why the file that nobody named cannot be used: empty where it can, or is not there.
    std::string unusable;

    const std::string& catalog() const { return daemon.db_path; }
};

/// Of --config, else of SUPRSYNC_CONFIG or SUPRSYNC_SITE_FILE, else of the default file where it is there.
/// Files that hold secrets are not opened. Throws failure_error `invalid` where what was named cannot be
/// used, with every mistake.
tool_configuration read_tool_configuration(const tool_arguments& arguments);

}  // namespace suprsync

// `suprsync reload`: has the running daemon read its configuration again, and says how that went.
#pragma once

#include <string>
#include <vector>

namespace suprsync {

/// Takes the options of `run`. Exit status: 0 the daemon goes by the file now, 2 the configuration cannot be
/// used, 1 no daemon answers, or not in time.
int run_reload(const std::vector<std::string>& arguments);

/// What `suprsync reload --help` shows.
std::string reload_help();

}  // namespace suprsync

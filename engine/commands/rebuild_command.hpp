// `suprsync doctor --rebuild-side-tables`: makes the side tables of the catalog anew, and says what was kept.
#pragma once

#include <string>

namespace suprsync {

/// Returns the exit status: 0 made anew, 1 not, with the reason on standard error.
int rebuild_side_tables_command(const std::string& database, bool as_json);

}  // namespace suprsync

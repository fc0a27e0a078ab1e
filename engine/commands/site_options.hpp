// The entries of an OCS site file as archives: each entry's arguments are options of `suprsync run`.
#pragma once

#include <string>
#include <vector>

#include "engine/commands/written_options.hpp"
#include "engine/config/ocs_site.hpp"
#include "engine/model/failure.hpp"

namespace suprsync {

/// Fills `file`, `of_file` (its hub, too) and `archives`; options of the whole daemon must be the same in
/// every entry. What is skipped is added to `notices`. Returns the entries. Of a mistake the subject is the
/// place and the option.
std::vector<ocs_instance> read_site_file(const ocs_site_request& request, configuration_layers& layers,
                                         std::vector<std::string>& notices);

}  // namespace suprsync

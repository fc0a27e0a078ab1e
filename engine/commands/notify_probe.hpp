// What the doctor looks at of those who are told.
#pragma once

#include <vector>

#include "engine/model/settings.hpp"
#include "engine/rules/notify_diagnosis.hpp"

namespace suprsync {

/// Looks for their programs as the daemon would; sends nothing.
std::vector<probed_notify> probe_notify(const daemon_configuration& configuration);

}  // namespace suprsync

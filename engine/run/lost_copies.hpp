// Copies that are lost a second time, of whatever was looked for: an operator is told (spec, Deleting).
#pragma once

#include <vector>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// As outcome_log::log_deletions; begins or renews the condition where a copy was lost again.
outcome_log::deletion_totals log_deletions(archive_context& archive,
                                           const std::vector<deletion_record>& records);

}  // namespace suprsync

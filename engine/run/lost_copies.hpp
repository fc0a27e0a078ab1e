// What looks at copies have found, and what became of local files: recorded and told (spec, Deleting).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// As outcome_log::log_deletions; begins or renews the condition where a copy was lost again.
outcome_log::deletion_totals log_deletions(archive_context& archive,
                                           const std::vector<deletion_record>& records);

/// False where the catalog does not answer. What was asked of local files of these names before is void, in
/// every archive: a copy that is gone has to be sent again.
boost::asio::awaitable<bool> record_deletions(archive_context& archive, std::vector<deletion_record> records);

}  // namespace suprsync

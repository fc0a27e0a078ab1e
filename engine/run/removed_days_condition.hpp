// Days that were removed at the destination and wait for a person's word, as a condition: one for all of an
// archive, whoever met them (spec, Days that are removed there).
#pragma once

#include <boost/asio/awaitable.hpp>

#include "engine/run/archive_context.hpp"

namespace suprsync {

/// Asks the catalog which days wait (archive.days_told), and begins, rewords or ends the condition.
boost::asio::awaitable<void> tell_removed_days(archive_context& archive);

}  // namespace suprsync

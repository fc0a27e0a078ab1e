// Checks the files that the catalog lists as work, before they are planned into batches: those that can
// never be copied, or are not there, are recorded and dropped.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "engine/rules/planner.hpp"
#include "engine/rules/staging_slots.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

struct checked_work {
    std::vector<candidate> candidates;  ///< may be copied now
    std::size_t settled = 0;  ///< settled without a transfer: they made place for others in the list
    bool recorded = true;     ///< else the catalog took no outcome
};

/// Both references must live until it ends. Files of batches that are in flight are passed over.
boost::asio::awaitable<checked_work> check_work(archive_context& archive, const staging_slots& slots,
                                                std::vector<work_item> items);

}  // namespace suprsync

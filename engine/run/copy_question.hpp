// What is asked of the destination about copies that were verified, and what its answers say (spec, Checking
// copies again): the same for a tool and for the check in the background.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/catalog.hpp"
#include "engine/ports/transport.hpp"
#include "engine/rules/copy_check.hpp"

namespace suprsync {

struct checked_copy {
    kept_copy copy;
    copy_finding finding = copy_finding::fine;
    std::string reason;
};

struct checked_copies {
    std::vector<checked_copy> copies;
    std::uint64_t bytes = 0;       ///< of content that was read
    std::int64_t from_memory = 0;  ///< sums that may be of what memory holds there
};

/// Without a sync: its word on what could not be written is for whoever deletes. `rate`: bytes a second at
/// which content is read there.
stat_request ask_for(const std::vector<kept_copy>& copies, check_depth depth,
                     std::optional<double> rate = std::nullopt);

/// In their order. What is not as it was verified is looked up in the catalog once more: left out is what was
/// registered anew, ignored or deleted meanwhile. Fails as the catalog does.
boost::asio::awaitable<result<checked_copies>> judge_answers(catalog& rows, std::vector<kept_copy> copies,
                                                             std::vector<stat_answer> answers,
                                                             check_depth depth);

}  // namespace suprsync

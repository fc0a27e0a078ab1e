// What the archive worker reads from the catalog and records in it. Implemented by storage/catalog (see
// engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/outcomes.hpp"
#include "engine/model/rows.hpp"

namespace suprsync {

struct work_query {
    std::string archive;
    epoch_seconds now = 0;  ///< rows whose next attempt lies later are left out
    std::size_t limit = 0;
    std::vector<file_id> in_flight;  ///< left out
};

struct work_list {
    std::vector<work_item>
        items;  ///< finalization files first, then untried oldest first, then tried by due time
    std::optional<epoch_seconds> next_attempt;  ///< when the next row that is not yet due becomes so
    bool more = false;                          ///< the limit cut the list
};

class catalog_work {
  public:
    virtual ~catalog_work() = default;

    virtual boost::asio::awaitable<result<work_list>> load_work(work_query) = 0;

    /// Which of these rows (as loaded) may still be published: unchanged, not ignored, not removed, and still
    /// owner of their paths.
    virtual boost::asio::awaitable<result<std::vector<bool>>> still_wanted(std::vector<file_row>) = 0;

    /// Records outcomes in transactions of at most 500 rows; the rows as they are afterwards are not
    /// returned.
    virtual boost::asio::awaitable<result<void>> record(std::vector<file_outcome>) = 0;

    /// Of these staged remote paths, those that an unsettled, unignored row of the archive still waits for.
    virtual boost::asio::awaitable<result<std::vector<bool>>> awaited(
        std::string archive, std::vector<std::string> remote_paths) = 0;
};

}  // namespace suprsync

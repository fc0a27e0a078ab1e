// What archives did over time, as the catalog keeps it. Implemented by storage/catalog (see
// engine/ports/catalog.hpp for what is true of all its functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/history.hpp"

namespace suprsync {

class catalog_history {
  public:
    virtual ~catalog_history() = default;

    /// Adds minutes, one an archive, to what is kept of them and of their hours, and removes some of what is
    /// kept no longer: one short transaction. Fails with `locked` rather than wait for long.
    virtual boost::asio::awaitable<result<void>> record_history(std::vector<archive_minute> minutes,
                                                                epoch_seconds now) = 0;

    /// Points of the range in the order of their times; where minutes are not kept any more, those of hours.
    virtual boost::asio::awaitable<result<std::vector<history_point>>> history(history_query query) = 0;

    /// One step, under 250 ms, of counting what may be deleted (archive_counts::deletable), where programs of
    /// an earlier version did not; `begin`: also what they have changed since it was counted. True where all
    /// is counted.
    virtual boost::asio::awaitable<result<bool>> count_deletable(bool begin) = 0;
};

}  // namespace suprsync

// Timecode directories that somebody removed at the destination, as the deleter records them and people
// decide over them. Implemented by storage/catalog (see engine/ports/catalog.hpp for what is true of all its
// functions).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/model/failure.hpp"
#include "engine/model/removed_day.hpp"

namespace suprsync {

class catalog_removed_days {
  public:
    virtual ~catalog_removed_days() = default;

    /// Those of the archive that wait for a choice, ascending.
    virtual boost::asio::awaitable<result<std::vector<removed_day>>> removed_days(std::string archive) = 0;

    /// These days are gone there: each waits for a choice from now on, if it does not yet.
    virtual boost::asio::awaitable<result<void>> record_removed_days(std::string archive,
                                                                     std::vector<int> timecodes,
                                                                     epoch_seconds at) = 0;

    /// These are there again: none of them waits.
    virtual boost::asio::awaitable<result<void>> forget_removed_days(std::string archive,
                                                                     std::vector<int> timecodes) = 0;

    /// What a person says of a day that waits. Its files are looked at again at once, in transactions of at
    /// most 500; returns how many. Failure not_found: it does not wait; the detail names those that do.
    virtual boost::asio::awaitable<result<std::int64_t>> choose_for_removed_day(std::string archive,
                                                                                int timecode,
                                                                                removal_choice choice,
                                                                                epoch_seconds at) = 0;
};

}  // namespace suprsync

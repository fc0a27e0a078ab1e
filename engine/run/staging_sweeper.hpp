// Removes from one archive's staging directory what nothing waits for, so that it is empty when no file is
// waiting, and parts of files whose turn is later when the destination has no space.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "engine/rules/staging_slots.hpp"
#include "engine/run/archive_context.hpp"

namespace suprsync {

class staging_sweeper {
  public:
    staging_sweeper(archive_context& archive, staging_slots& slots) : archive_(archive), slots_(slots) {}

    /// Of what an earlier process left there, waiting files go on where they were left, and the rest is
    /// swept.
    boost::asio::awaitable<void> adopt_leftovers(std::vector<staged_file> found);

    /// Sweeps what lies staged for files that are settled, ignored or gone meanwhile.
    boost::asio::awaitable<void> sweep_unawaited();

    /// Sweeps all parts of files but those of the file that is to be sent next.
    boost::asio::awaitable<void> make_room();

  private:
    /// Failures are logged: what could not be swept is found again by the next probe.
    boost::asio::awaitable<void> sweep(std::vector<staged_file> files);

    archive_context& archive_;
    staging_slots& slots_;
};

}  // namespace suprsync

// Computes the sums of local files whose copy has to wait, so that the Python agent could take the catalog
// over at any time (spec, Verifying): while the destination is down or the archive paused, and before the
// daemon ends.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <unordered_set>
#include <vector>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class early_sums {
  public:
    explicit early_sums(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping; where the daemon ends, until all sums are known or its grace time is
    /// over.
    boost::asio::awaitable<void> run();

    /// What is recorded at a time: the more, the fewer transactions; the less, the less is read twice.
    static constexpr std::size_t files_at_once = 50;
    static constexpr std::uint64_t bytes_at_once = 256 << 20;

  private:
    bool copies_wait() const;
    bool is_wanted() const;
    enum class summing { done, not_wanted, not_recorded };
    boost::asio::awaitable<bool> sum_some();
    boost::asio::awaitable<summing> sum(std::vector<file_row> rows);
    boost::asio::awaitable<bool> rest();

    archive_context& archive_;
    file_id scanned_to_ = 0;
    std::unordered_set<file_id> unreadable_;  // not tried again before files are copied
};

}  // namespace suprsync

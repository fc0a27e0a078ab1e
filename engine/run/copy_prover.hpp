// Reads copies anew from the disk at the destination, after a sync there failed (spec, Deleting): what is as
// it was verified is proved again, what is not is sent again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <set>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class copy_prover {
  public:
    explicit copy_prover(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping.
    boost::asio::awaitable<void> run();

    /// There is nothing that can be read anew now.
    bool idle() const { return idle_; }

  private:
    boost::asio::awaitable<double> prove_some();
    double not_answered(const failure& error);
    boost::asio::awaitable<double> read_anew(unproved_copies copies);

    archive_context& archive_;
    bool idle_ = false;
    std::size_t read_at_once_ = 100;
    std::set<file_id> left_;  // asked for in vain in this round
};

}  // namespace suprsync

// Reads copies anew from the disk at the destination that may not be there (spec, Deleting): what is as
// it was verified is proved again, what is not is sent again.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <limits>

#include "engine/run/archive_context.hpp"

namespace suprsync {

class copy_prover {
  public:
    explicit copy_prover(archive_context& archive) : archive_(archive) {}

    /// Runs until archive.stopping.
    boost::asio::awaitable<void> run();

    /// There is nothing that can be read anew now.
    bool idle() const { return idle_ && !archive_.prove_wake.pending(); }

  private:
    boost::asio::awaitable<double> prove_some();
    /// The seconds until that is worth trying again.
    boost::asio::awaitable<double> sync_now_and_then();
    double not_answered(const failure& error);
    boost::asio::awaitable<double> read_anew(unproved_copies copies);
    std::vector<deletion_record> take_answers(const unproved_copies& copies,
                                              const std::vector<stat_answer>& answers,
                                              std::vector<file_id>& done);

    archive_context& archive_;
    bool idle_ = false;
    bool waits_for_connection_ = false;  // with something to be read anew
    static constexpr std::size_t read_at_once = 100;
    std::size_t read_at_once_ = read_at_once;  // less while answers take too long
    static constexpr file_id beginning = std::numeric_limits<file_id>::min();
    file_id after_ = beginning;  // where this round has come to
    bool progressed_ = false;    // in this round
    bool sync_fails_ = false;    // of what was verified since the last one
};

}  // namespace suprsync

// The rate of all batches of an archive together, for threads that send: they wait for their turn.
#pragma once

#include <memory>
#include <mutex>

#include "engine/model/settings.hpp"
#include "engine/rules/token_bucket.hpp"
#include "net/place/work_watch.hpp"

namespace suprsync {

class pace {
  public:
    /// Bytes a second; 0: no limit.
    explicit pace(double rate) : bucket_(rate, now()) {}

    /// How much of `most` may be sent at once, after having waited for it: nothing where the watch says stop.
    std::uint64_t wait_for(std::uint64_t most, work_watch& watch);

  private:
    static double now();
    std::mutex mutex_;
    token_bucket bucket_;
};

/// At the archive's bwlimit.
std::shared_ptr<pace> pace_of(const archive_configuration& archive);

}  // namespace suprsync

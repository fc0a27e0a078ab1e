// The rate of all batches of an archive together, for threads that send: they wait for their turn.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

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
    /// For whoever sends now, too.
    void set_rate(double rate);

  private:
    static double now();
    std::mutex mutex_;
    token_bucket bucket_;
};

/// Those of archives by their names: whoever sends for one has the same, at the bwlimit that was asked for
/// last, so that a new one holds for batches that are under way.
class archive_paces {
  public:
    std::shared_ptr<pace> of(const archive_configuration& archive);

  private:
    std::map<std::string, std::weak_ptr<pace>> paces_;
};

}  // namespace suprsync

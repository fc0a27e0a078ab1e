// Records what each archive did in the last minute, once a minute (spec, History). Nothing waits for it: what
// cannot be recorded at its time is not recorded, and is a gap.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/model/history.hpp"
#include "engine/run/served_archive.hpp"

namespace suprsync {

class history_keeper {
  public:
    history_keeper(environment& environment, served_archives& archives)
        : environment_(environment),
          archives_(archives),
          wake_(environment.executor),
          counting_wake_(environment.executor) {}

    /// Runs until stop(), from when the archives are opened.
    boost::asio::awaitable<void> run();
    /// Counts what may be deleted, where an earlier program did not, in the background, until it is counted
    /// or stop(); does nothing where that goes on already.
    boost::asio::awaitable<void> count_deletable();
    void stop() {
        stopping_ = true;
        wake_.notify();
        counting_wake_.notify();
    }

  private:
    struct figures {
        std::uint64_t sent_bytes = 0, verified_bytes = 0;
        std::int64_t verified_files = 0;
        latencies verified_after;
    };
    static figures figures_of(const archive_context& archive);
    void look();
    std::vector<archive_minute> take_minute();

    environment& environment_;
    served_archives& archives_;
    wake wake_, counting_wake_;
    std::map<std::string, figures> before_;  // by archive, as of the last look
    epoch_seconds looked_at_ = 0;
    std::chrono::steady_clock::time_point looked_at_steady_;
    bool stopping_ = false;
    bool counting_ = false;
};

}  // namespace suprsync

// One archive with everything around it, for the tests of the coroutines that work on it: a fixture that
// registers files, runs one of them, and moves time.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <string>
#include <unordered_set>

#include "engine/run/archive_context.hpp"
#include "engine/run/batch_run.hpp"
#include "tests/engine/run/world.hpp"

namespace suprsync::test {

/// An archive as most tests want it: "smurf", three slots in use at most, instance "crate1".
archive_configuration smurf_configuration();

struct archive_world : world {
    explicit archive_world(archive_configuration config = smurf_configuration());
    ~archive_world() { end(); }

    condition_board conditions{[this] { return time.now(); }};
    status_counters counters;
    std::optional<suprsync::last_copy> last;
    double random = 0;  ///< 0: delays are half of the full one
    event_feed events{loop.get_executor(), time};
    suprsync::environment environment;
    fake_transport there{loop, disk};
    archive_context archive;

    /// As if it had been copied, verified and recorded; what the local file was like only where it was read.
    void deliver(file_id id, bool read_here = true);
    /// What is recorded of the verified local file.
    std::optional<file_identity> identity(file_id id);
    /// Whether what is staged of the file is to be compared the next time.
    bool compared_next_time(file_id id);

    std::string condition(const std::string& kind) const { return message_of(conditions, kind, "smurf"); }
    std::size_t condition_count() const { return conditions.list().size(); }

    /// Starts a coroutine that is ended at the latest by end().
    void start(boost::asio::awaitable<void> task);
    std::size_t tasks_running() const { return tasks_running_; }
    /// Somebody has changed the catalog.
    void wake();
    /// Takes no new work, and lets end what ends by itself.
    void stop();
    /// Ends what runs, so that nothing is destroyed under a coroutine's feet, and calls nothing of a test
    /// that is over. To be called by the destructor of whoever owns what was started.
    void end();

    /// All that may be copied now as one batch.
    batch all_work(stage_mode mode = stage_mode::resume);
    /// Runs a batch to its end.
    batch_result copy(batch work, std::unordered_set<file_id> ask_first = {});
    batch_result copy() { return copy(all_work()); }

  private:
    std::size_t tasks_running_ = 0;
};

}  // namespace suprsync::test

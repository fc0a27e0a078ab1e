// One archive with everything around it in memory, for the tests of the doers: a fixture that registers
// files, runs a doer, and moves time.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/run/archive_context.hpp"
#include "engine/run/batch_run.hpp"
#include "tests/engine/run/fakes.hpp"

namespace suprsync::test {

/// An archive as most tests want it: "smurf", three slots in use at most, instance "crate1".
archive_configuration smurf_configuration();

/// The rooms, without any archive in them.
struct rooms_in_memory {
    rooms_in_memory();

    boost::asio::io_context loop;
    manual_clock time{loop};
    fake_local_disk disk{time};
    fake_catalog catalog{time};
    condition_board conditions{[this] { return time.now(); }};
    status_counters counters;
    std::optional<suprsync::last_copy> last;
    double random = 0;  ///< 0: delays are half of the full one
    event_feed events{loop.get_executor(), time};
    environment environment;

    /// Message of a condition; "" where it does not hold.
    std::string condition(const std::string& kind, const std::string& archive = "smurf") const;
    std::size_t conditions_held() const { return conditions.list().size(); }
};

struct archive_world : rooms_in_memory {
    explicit archive_world(archive_configuration config = smurf_configuration());
    /// Ends what runs, so that nothing is destroyed under a coroutine's feet.
    ~archive_world();

    fake_transport there{loop, disk};
    archive_context archive;

    /// A file on the disk, written 100 s ago, and its row, registered now with its checksum: /data/NAME goes
    /// to 17000/NAME.
    file_id add(const std::string& name, const std::string& content);
    file_id add(const std::string& name) { return add(name, "content of " + name); }
    /// As if it had been copied, verified and recorded.
    void deliver(file_id id);

    fake_catalog::entry& entry(file_id id) { return catalog.rows.at(id); }
    file_row& row(file_id id) { return catalog.rows.at(id).row; }
    bool verified(file_id id) const { return catalog.verified(id); }

    /// Starts a coroutine that is ended at the latest by the destructor.
    void start(boost::asio::awaitable<void> task);
    std::size_t tasks_running() const { return tasks_running_; }
    /// Takes no new work, and lets end what ends by itself.
    void stop();

    /// All that may be copied now as one batch.
    batch all_work(stage_mode mode = stage_mode::resume);
    /// Runs a batch to its end.
    batch_result copy(batch work, std::unordered_set<file_id> ask_first = {});
    batch_result copy() { return copy(all_work()); }

  private:
    std::size_t tasks_running_ = 0;
};

/// A failure as the transport reports it.
inline failure error(failure_code code, const std::string& detail = "of the test") {
    return {code, "copy", "user@host:/base", detail};
}

inline bool holds_text(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace suprsync::test

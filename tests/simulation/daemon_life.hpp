// One life of the daemon, from its start to its end or its kill: its loop, its clock, the catalog as it has
// it open, and the engine itself, wired as engine/commands wires it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/run/daemon.hpp"
#include "tests/simulation/simulated_transport.hpp"
#include "tests/support/engine/watched_catalog.hpp"

namespace suprsync::simulation {

/// What surrounds every life.
struct surroundings {
    machine_time& time;
    local_files& here;
    far_host& there;
    transport_watch& watch;
    std::filesystem::path catalog;
    double longest_nap = 1;
};

class daemon_life {
  public:
    /// Throws failure_error where the catalog cannot be opened.
    daemon_life(const surroundings& around, const daemon_configuration& configuration, random chance);
    /// Whatever it was doing is not done any more.
    ~daemon_life();
    daemon_life(const daemon_life&) = delete;
    daemon_life& operator=(const daemon_life&) = delete;

    void begin();
    /// Runs what can run without time going on.
    void settle();
    bool ended() const { return ended_.has_value(); }
    bool says_all_is_settled() const { return ended_.value_or(false); }
    /// Nothing of it has any effect from now on.
    void die() { time_.hold_everybody(); }

    suprsync::daemon& engine() { return *engine_; }
    simulated_clock& clock() { return time_; }
    simulated_disk& disk() { return disk_; }
    test::watched_catalog& catalog() { return *catalog_; }
    /// Another program has committed something.
    void tell_of_commit() { commits_.committed(); }
    /// Starts something that the daemon is asked for, and forgets about it.
    void ask(boost::asio::awaitable<void> question);

  private:
    killable_loop loop_;
    simulated_clock time_;
    commit_clock commits_;
    simulated_disk disk_;
    random random_;
    std::unique_ptr<test::watched_catalog> catalog_;
    std::unique_ptr<suprsync::daemon> engine_;
    std::optional<bool> ended_;
};

}  // namespace suprsync::simulation

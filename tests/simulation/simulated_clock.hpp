// This machine's time, which goes on over restarts of the daemon, and the clock that one daemon sleeps by.
// Nothing moves it but the simulation, when the loop has nothing left to do.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "engine/loop/clock.hpp"
#include "tests/simulation/random.hpp"
#include "tests/support/sleepers.hpp"

namespace suprsync::simulation {

struct machine_time {
    std::chrono::nanoseconds elapsed{0};  ///< since the day began
    epoch_seconds begun = 1'700'050'000;  ///< what time it truly was then
    double set_wrong_by = 0;              ///< s that the wall clock is ahead
    bool synchronized = false;            ///< as the kernel says it
    std::uint64_t start = 1;              ///< of the machine: its boot id
    std::chrono::nanoseconds started_at{0};

    double seconds() const { return std::chrono::duration<double>(elapsed).count(); }
    epoch_seconds truth() const { return begun + seconds(); }
    epoch_seconds wall() const { return truth() + set_wrong_by; }
};

std::chrono::nanoseconds nanoseconds_of(double seconds);

/// A loop whose coroutines can be destroyed where they are, as a kill does.
class killable_loop : public boost::asio::io_context {
  public:
    killable_loop() : io_context(1) {}
    void kill() { shutdown(); }
};

class simulated_clock final : public clock {
  public:
    /// `longest_nap`: what sleeps for a second, to look again, may sleep for so long (s), as on a machine
    /// that has no time for it.
    simulated_clock(boost::asio::io_context& loop, machine_time& machine, random chance, double longest_nap);

    epoch_seconds now() const override { return machine_.wall(); }
    std::chrono::steady_clock::time_point steady_now() const override;
    clock_reading reading() const override;
    boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) override;

    /// When the next sleeper wakes, as machine_time::elapsed; none where nobody sleeps.
    std::optional<std::chrono::nanoseconds> next() const;
    /// Wakes one whose time has come; false where there is none.
    bool wake_one();
    std::size_t sleepers() const;
    /// Whoever wakes sleeps on for ever from now on: nobody is left who could do anything.
    void hold_everybody() { held_ = true; }

  private:
    machine_time& machine_;
    random random_;
    const double longest_nap_;
    test::sleepers sleepers_;
    bool held_ = false;
};

/// The clock for who waits until others have committed: woken before its time when they have.
class commit_clock final : public clock {
  public:
    commit_clock(boost::asio::io_context& loop, simulated_clock& time);

    epoch_seconds now() const override { return time_.now(); }
    std::chrono::steady_clock::time_point steady_now() const override { return time_.steady_now(); }
    clock_reading reading() const override { return time_.reading(); }
    boost::asio::awaitable<void> sleep_for(std::chrono::nanoseconds duration) override;

    void committed();

  private:
    simulated_clock& time_;
    boost::asio::steady_timer committed_;
};

}  // namespace suprsync::simulation

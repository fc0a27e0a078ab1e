// Worlds whose clock is watched.
#pragma once

#include "engine/run/clock_watch.hpp"
#include "tests/engine/run/archive_world.hpp"

namespace suprsync::test {

inline constexpr double a_day = 86400;  // s

template <class World>
struct watched : World {
    watched() { this->ask_nothing(this->watch().check()); }
    clock_watch& watch() { return this->archive.environment.clock_watch; }
    void ask_nothing(boost::asio::awaitable<void> task) { result_of(this->loop, std::move(task)); }
    void set_clock(double seconds) { this->time.set_wall(this->time.now() + seconds); }
    void accept() {
        const auto here = this->time.reading();
        this->ask(this->catalog.real().trust_clock({here.boot, here.set_to, true})).value();
        ask_nothing(watch().check());
    }
    std::optional<trusted_clock> recorded() {
        return this->ask(this->catalog.real().last_trusted_clock()).value();
    }
};
}  // namespace suprsync::test

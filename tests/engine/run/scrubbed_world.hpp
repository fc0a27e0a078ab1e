// An archive whose copies are asked for again in rounds, with two verified files, for the tests of that
// check.
#pragma once

#include "engine/run/scrubber.hpp"
#include "tests/engine/run/deleter_world.hpp"

namespace suprsync::test {

inline constexpr double scrubbed_every = 10'000;  // s

inline archive_configuration scrubbing() {
    auto c = smurf_configuration();
    c.scrub_every = scrubbed_every;
    c.scrub_rate = "100MB";
    return c;
}

struct scrubbed_world : deleter_world {
    explicit scrubbed_world(archive_configuration c = scrubbing()) : deleter_world(std::move(c)) {}
    ~scrubbed_world() { end(); }
    scrubber scrub{archive};
    file_id first = due("a"), second = due("b");

    void check() { start(scrub.run()); }
    std::string lost() const { return condition(condition_kind::copies_lost); }
    std::string gone_day() const { return condition(condition_kind::day_removed); }
    std::size_t asked() const { return there.count("stat"); }
};

struct unscrubbed_world : scrubbed_world {
    unscrubbed_world() : scrubbed_world(smurf_configuration()) {}
};

}  // namespace suprsync::test

#include "engine/run/removal_gate.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>

#include "tests/support/manual_clock.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace asio = boost::asio;

BOOST_AUTO_TEST_SUITE(removal_gates)

namespace {

struct gate_world {
    asio::io_context loop;
    removal_gate gate{loop.get_executor()};

    // Whether a change of this file may be answered.
    bool answered = false;
    void answer(const std::string& path) {
        asio::co_spawn(loop, gate.settled({"/data/other", path}),
                       [this](std::exception_ptr) { answered = true; });
        settle(loop);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_answer_waits_for_the_removals_of_its_file, gate_world) {
    std::optional<removal_gate::removal> one(std::in_place, gate, "smurf", "/data/a");
    std::optional<removal_gate::removal> two(std::in_place, gate, "smurf", "/link/a");
    answer("/data/a");
    BOOST_TEST(!answered);
    one.reset();
    settle(loop);
    BOOST_TEST(!answered);
    two.reset();
    settle(loop);
    BOOST_TEST(answered);
}

BOOST_FIXTURE_TEST_CASE(an_answer_does_not_wait_for_other_removals, gate_world) {
    const removal_gate::removal one(gate, "smurf", "/data/b");
    answer("/data/a");
    BOOST_TEST(answered);
}

BOOST_FIXTURE_TEST_CASE(a_pause_waits_for_what_it_withdrew_in_its_archive, gate_world) {
    const removal_gate::removal elsewhere(gate, "hk", "/data/b");
    std::optional<removal_gate::removal> one(std::in_place, gate, "smurf", "/data/a");
    gate.withdraw_all();
    asio::co_spawn(loop, gate.archive_settled("smurf"), [this](std::exception_ptr) { answered = true; });
    settle(loop);
    BOOST_TEST(!answered);
    // Begun by whoever resumed it meanwhile.
    const removal_gate::removal later(gate, "smurf", "/data/c");
    one.reset();
    settle(loop);
    BOOST_TEST(answered);
}

BOOST_FIXTURE_TEST_CASE(changes_count_for_files_of_the_name, gate_world) {
    const removal_gate::watched a(gate, "/data/a"), also_a(gate, "/link/a"), b(gate, "/data/b");
    gate.changed({"/data/a", "/data/c"});
    BOOST_TEST(a.changes() == 1U);
    BOOST_TEST(also_a.changes() == 1U);
    BOOST_TEST(b.changes() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

// When a day that was announced is announced anew: files that come late, one after the other, are one
// revision (spec, Timecode directories).
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(finalizer_quiet)

namespace {

struct late_files : finalizer_world {
    late_files() {
        old_file("first");
        begin();
        time.advance(1000);
    }
    /// Registered and copied now.
    void copied_late(const std::string& name) {
        const auto id = old_file(name, false);
        change(id, "remote_md5sum = local_md5sum, copied = " + std::to_string(time.now()));
        wake();
    }
    std::size_t announced() { return announcements().size(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_trickle_is_one_revision_a_minute_after_its_last_file, late_files) {
    BOOST_TEST(announced() == 1U);
    for (int n = 0; n < 47; ++n) {
        copied_late("late" + std::to_string(n));
        time.advance(1);
    }
    BOOST_TEST(announced() == 1U);
    time.advance(58);
    BOOST_TEST(announced() == 1U);
    time.advance(2);
    BOOST_REQUIRE(announced() == 2U);
    BOOST_TEST(holds_text(text_of(announcements()[1]), "\nrevision: 2"));
    BOOST_TEST(holds_text(text_of(announcements()[1]), "num_files: 48\n"));
}

BOOST_FIXTURE_TEST_CASE(each_revision_waits_for_longer_quiet, late_files) {
    std::size_t revision = 1;
    for (const double quiet : {60, 120, 240, 480, 900, 900}) {
        copied_late("late" + std::to_string(++revision));
        time.advance(quiet - 2);
        BOOST_TEST(announced() == revision - 1);
        time.advance(3);
        BOOST_TEST(announced() == revision);
        time.advance(1000);
    }
}

BOOST_FIXTURE_TEST_CASE(a_trickle_without_an_end_is_announced_every_hour, late_files) {
    for (int n = 0; n < 140; ++n) {
        copied_late("late" + std::to_string(n));
        time.advance(30);
    }
    BOOST_TEST(announced() == 2U);
}

BOOST_FIXTURE_TEST_CASE(once_does_not_wait_for_quiet, late_files) {
    environment.once = true;
    copied_late("late");
    BOOST_TEST(announced() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

// Files that are registered for an archive that no daemon works on (spec, Archives that nobody serves).
#include <boost/test/unit_test.hpp>

#include "storage/sqlite/archive_lock.hpp"
#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(unserved)

namespace {

struct watching_world : daemon_world {
    /// Of another archive than the two that the daemon serves.
    file_id stray(const std::string& archive = "smurff") {
        return insert("/data/x", "17000/x", "m", archive);
    }
    std::string told() { return condition(condition_kind::unserved); }
    std::int64_t counted() { return served.measure().unserved_registrations; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(registrations_are_told_of_within_seconds_and_no_longer_than_they_last,
                        watching_world) {
    begin();
    time.advance(10);
    BOOST_TEST(told() == "");
    const auto first = stray(), second = stray();
    time.advance(3);
    BOOST_TEST(holds_text(told(), "2 files for 'smurff'"), told());
    BOOST_TEST(counted() == 2);
    BOOST_TEST(served.status().degraded);
    ignore(first);
    time.advance(3);
    BOOST_TEST(holds_text(told(), "1 file for 'smurff'"), told());
    change(second, "archive_name = 'smurf'");
    time.advance(3);
    BOOST_TEST(told() == "");
    BOOST_TEST(counted() == 0);
}

BOOST_FIXTURE_TEST_CASE(those_of_another_daemon_are_its_own, watching_world) {
    auto lock = archive_lock::take(scratch / "catalog.db", "hk", "other daemon").value();
    ask(catalog.real().serve("hk", 5, "here:/hk")).value();
    stray("hk");
    begin();
    time.advance(1000);
    BOOST_TEST(told() == "");
    // It ends, and may come back.
    lock.reset();
    time.advance(590);
    BOOST_TEST(told() == "");
    time.advance(120);
    BOOST_TEST(holds_text(told(), "1 file for 'hk'"), told());
    lock = archive_lock::take(scratch / "catalog.db", "hk", "other daemon").value();
    time.advance(61);
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_SUITE_END()

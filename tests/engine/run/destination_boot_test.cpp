// The machine at the destination that is started anew while an archive is copied to it.
#include <boost/test/unit_test.hpp>

#include "engine/run/synced_stat.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(destination_boot)

BOOST_FIXTURE_TEST_CASE(is_told_to_the_catalog_when_the_connection_is_made_anew, worker_world) {
    there.facts.boot = "first start";
    const auto id = add("a");
    begin();
    BOOST_TEST(verified(id));
    BOOST_TEST(!memory().unproved);
    there.facts.boot = "second start";
    there.down = error(failure_code::connection, "Connection refused");
    add("b");
    wake();
    there.down.reset();
    time.advance(retry_in());
    BOOST_TEST(catalog.count("meet_boot") == 2U);
    BOOST_TEST(memory().unproved);
}

BOOST_FIXTURE_TEST_CASE(holds_everything_up_while_the_catalog_cannot_be_told, worker_world) {
    there.facts.boot = "first start";
    catalog.fail_next("meet_boot", error(failure_code::catalog, "disk I/O error"));
    const auto id = add("a");
    begin();
    BOOST_TEST(!verified(id));
    time.advance(retry_in());
    BOOST_TEST(verified(id));
    BOOST_TEST(catalog.count("meet_boot") == 2U);
}

BOOST_FIXTURE_TEST_CASE(while_a_batch_runs_makes_what_it_copied_doubtful, worker_world) {
    there.facts.boot = "first start";
    there.hold();
    const auto id = add("a");
    begin();
    BOOST_TEST(there.waiting() == 1U);
    ask(note_boot(archive, "second start", 0));
    there.release();
    time.advance(1);
    BOOST_TEST(verified(id));
    BOOST_TEST(memory().unproved);
}

BOOST_AUTO_TEST_SUITE_END()

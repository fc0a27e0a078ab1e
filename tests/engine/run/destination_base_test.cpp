// A base directory that comes back as it was recorded: the archive goes on by itself, where the base
// directory was the reason of its pause.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(destination_base)

namespace {

const base_identity another{"beef", 2};

/// An archive that is paused since another directory stands there than files were delivered to.
struct paused_world : worker_world {
    paused_world() {
        ask(catalog.real().remember_base("smurf", recorded)).value();
        deliver(add("old"));
        there.facts.identity = another;
        waits = add("a");
        begin();
        BOOST_REQUIRE(archive.paused);
        BOOST_TEST(memory().paused_for_base());
    }
    const base_identity recorded = there.facts.identity;
    file_id waits = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_recorded_directory_that_is_back_lets_the_archive_go_on, paused_world) {
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "goes on by itself"));
    time.advance(300);
    BOOST_TEST(archive.paused);
    // Looked at now and then, whoever wakes us, and nothing is made.
    BOOST_TEST(there.prepared.size() == 11U);
    for (int n = 0; n < 5; ++n) wake();
    BOOST_TEST(there.prepared.size() == 11U);
    there.facts.identity = recorded;
    time.advance(30);
    BOOST_TEST(!archive.paused);
    BOOST_TEST(!memory().paused);
    BOOST_TEST(verified(waits));
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST((memory().base == recorded));
    for (const auto& asked : there.prepared) {
        BOOST_TEST(!asked.may_create_base);
        BOOST_TEST((asked.expected == recorded));
    }
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_missing_and_comes_back_does_so_too, worker_world) {
    ask(catalog.real().remember_base("smurf", there.facts.identity)).value();
    there.down = error(failure_code::base_missing, "no such directory");
    const auto id = add("a");
    begin();
    BOOST_TEST(archive.paused);
    there.down = error(failure_code::connection, "the host is down");
    time.advance(60);
    BOOST_TEST(archive.paused);
    BOOST_TEST(condition_count() == 1U);  // no other one for what is only looked for
    there.down.reset();
    time.advance(30);
    BOOST_TEST(verified(id));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(what_a_person_paused_meanwhile_stays_paused, paused_world) {
    // Written, and not yet told to the archive.
    ask(catalog.real().set_paused("smurf", true, "by request")).value();
    there.facts.identity = recorded;
    time.advance(600);
    BOOST_TEST(archive.paused);
    BOOST_TEST(memory().pause_reason == "by request");
    BOOST_TEST(!verified(waits));
}

BOOST_FIXTURE_TEST_CASE(a_pause_by_request_is_not_taken_for_one_of_the_base, worker_world) {
    const auto id = add("a");
    there.hold();
    begin();
    ask(catalog.real().set_paused("smurf", true, "by request")).value();
    archive.pause();
    there.down = error(failure_code::base_changed, "another file system");
    there.release();
    settle(loop);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "another file system"));
    BOOST_TEST(memory().pause_reason == "by request");
    there.down.reset();
    time.advance(600);
    BOOST_TEST(archive.paused);
    BOOST_TEST(!verified(id));
}

BOOST_FIXTURE_TEST_CASE(it_goes_on_by_itself_after_a_restart_too, daemon_world) {
    ask(catalog.real().remember_base("smurf", there().facts.identity)).value();
    pause("smurf", std::string(base_pause) + "cannot use the base directory");
    const auto id = add("a");
    begin();
    BOOST_TEST(verified(id));
    BOOST_TEST(!memory().paused);
    BOOST_TEST(condition_count() == 0U);
}

// What another archive told may have changed what the catalog says of this one.
BOOST_FIXTURE_TEST_CASE(where_it_lies_is_noted_at_each_first_contact, worker_world) {
    there.facts.place = directory_place{"boot", "254:0", "/data"};
    const auto first = add("a");
    begin();
    BOOST_TEST(verified(first));
    BOOST_TEST(catalog.count("record_base_place") == 1U);
    there.down = error(failure_code::connection, "the host is down");
    const auto second = add("b");
    wake();
    there.down.reset();
    time.advance(120);
    BOOST_TEST(verified(second));
    BOOST_TEST(catalog.count("record_base_place") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

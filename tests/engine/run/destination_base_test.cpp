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

// Its disk was unmounted for maintenance, and is not mounted yet.
BOOST_FIXTURE_TEST_CASE(who_ends_a_pause_of_a_person_takes_no_other_directory, worker_world) {
    const auto recorded = there.facts.identity;
    ask(catalog.real().remember_base("smurf", recorded)).value();
    deliver(add("old"));
    archive.paused = true;
    archive.raise_paused("by request: maintenance");
    const auto id = add("a");
    begin();
    there.facts.identity = another;
    worker.resume();
    settle(loop);
    BOOST_TEST(archive.paused_for_base);
    BOOST_TEST(holds_text(condition(condition_kind::base_directory), "the archive is paused"));
    BOOST_TEST((memory().base == recorded));
    BOOST_TEST(!verified(id));
    // Who knows of it does.
    worker.resume();
    settle(loop);
    BOOST_TEST((memory().base == another));
    BOOST_TEST(verified(id));
}

// It answers again, and its disk is not mounted yet.
BOOST_FIXTURE_TEST_CASE(nor_does_who_resumes_what_is_not_paused, worker_world) {
    const auto recorded = there.facts.identity;
    ask(catalog.real().remember_base("smurf", recorded)).value();
    deliver(add("old"));
    there.down = error(failure_code::connection, "the host is down");
    add("a");
    begin();
    worker.resume();
    settle(loop);
    there.down.reset();
    there.facts.identity = another;
    time.advance(600);
    BOOST_TEST(archive.paused_for_base);
    BOOST_TEST((memory().base == recorded));
}

BOOST_FIXTURE_TEST_CASE(what_it_is_paused_for_is_told_after_a_restart_too, daemon_world) {
    ask(catalog.real().remember_base("smurf", another)).value();
    pause("smurf", std::string(base_pause) + "cannot use the base directory");
    begin();
    BOOST_TEST(
        condition(condition_kind::base_directory, "smurf") ==
        "cannot use the base directory; the archive is paused: mount the right file system, and it goes on by itself. To take the directory as it is: suprsync resume smurf");
    BOOST_TEST(condition(condition_kind::paused, "smurf") == "");
    BOOST_TEST(set_paused("smurf", false).has_value());
    settle(loop);
    BOOST_TEST((memory().base == there().facts.identity));
    BOOST_TEST(condition_count() == 0U);
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

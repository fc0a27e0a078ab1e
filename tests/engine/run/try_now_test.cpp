// What people decide about an archive: pauses with a reason, and a destination that is asked at once.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(hands_on_an_archive)

namespace {

// A destination that has not answered for so long that it is asked every few minutes.
struct link_down : daemon_world {
    file_id id = 0;
    link_down() {
        begin();
        there().down = error(failure_code::connection, "no route to host");
        id = add("a");
        committed();
        time.advance(2000);
    }
    double next_in() { return activity().link.next_attempt.value() - time.now(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_destination_that_is_back_is_found_at_once, link_down) {
    BOOST_TEST(next_in() > 5);
    there().down.reset();
    BOOST_TEST(served.try_now("smurf").has_value());
    settle(loop);
    BOOST_TEST(activity().link.state == "up");
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(one_that_is_not_is_tried_soon_again, link_down) {
    const auto asked = there().count("prepare");
    const auto since = activity().link.down_since;
    BOOST_TEST(served.try_now("smurf").has_value());
    settle(loop);
    BOOST_TEST(there().count("prepare") == asked + 1);
    BOOST_TEST(activity().link.state == "down");
    BOOST_TEST((activity().link.down_since == since));
    BOOST_TEST(next_in() <= 2);
    BOOST_TEST(row(id).failed_copy_attempts == 0);
}

BOOST_FIXTURE_TEST_CASE(whoever_retries_all_has_it_asked_too, link_down) {
    there().down.reset();
    retry_request request;
    request.archive = "smurf";
    request.remote_prefix = "17001/";
    BOOST_TEST(ask(served.retry(request)).value() == 0);
    settle(loop);
    BOOST_TEST(!verified(id));
    request.remote_prefix.reset();
    BOOST_TEST(ask(served.retry(request)).value() == 0);
    settle(loop);
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(one_that_works_is_asked_and_goes_on, daemon_world) {
    begin();
    time.advance(1);
    const auto asked = there().count("prepare");
    BOOST_TEST(served.try_now("smurf").has_value());
    settle(loop);
    BOOST_TEST(there().count("prepare") == asked + 1);
    BOOST_TEST(activity().link.state == "up");
    const auto id = add("a");
    committed();
    BOOST_TEST(verified(id));
}

BOOST_FIXTURE_TEST_CASE(an_archive_that_rests_by_a_persons_word_is_not_tried, daemon_world) {
    begin();
    BOOST_TEST(set_paused("smurf", true, "a new disk").has_value());
    const auto refused = served.try_now("smurf").error();
    BOOST_TEST((refused.code == failure_code::conflict));
    BOOST_TEST(holds_text(refused.detail, "it is paused (by request: a new disk): suprsync resume smurf"));
    BOOST_TEST(set_paused("smurf", false).has_value());
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    BOOST_TEST((served.try_now("smurf").error().code == failure_code::conflict));
    BOOST_TEST((served.try_now("hk").error().code == failure_code::not_found));
}

BOOST_FIXTURE_TEST_CASE(a_base_directory_that_is_back_is_found_at_once, daemon_world) {
    begin();
    add("a");
    committed();
    const auto right = there().facts.identity;
    there().on_prepare = [&](const prepare_request& request, result<destination_facts>& facts) {
        if (facts && request.expected && *request.expected != facts->identity)
            facts = error(failure_code::base_changed, "another file system");
    };
    there().facts.identity = {"beef", 2};
    BOOST_TEST(served.try_now("smurf").has_value());
    settle(loop);
    BOOST_TEST(activity().paused);
    BOOST_TEST(holds_text(activity().pause_reason, "the base directory is not the recorded one"));
    there().facts.identity = right;
    BOOST_TEST(served.try_now("smurf").has_value());
    settle(loop);
    BOOST_TEST(!activity().paused);
    BOOST_TEST(activity().pause_reason == "");
}

BOOST_FIXTURE_TEST_CASE(the_reason_of_a_pause_is_told_and_kept, daemon_world) {
    begin();
    BOOST_TEST(set_paused("smurf", true).has_value());
    BOOST_TEST(activity().pause_reason == "by request");
    BOOST_TEST(set_paused("smurf", true, "a new disk").has_value());
    BOOST_TEST(activity().pause_reason == "by request: a new disk");
    BOOST_TEST(memory().pause_reason == "by request: a new disk");
    BOOST_TEST(
        condition(condition_kind::paused, "smurf") ==
        "paused (by request: a new disk): nothing is copied until it is resumed: suprsync resume smurf");
    BOOST_TEST(served.conditions().list().front().count == 1U);
    BOOST_TEST(set_paused("smurf", false, "").has_value());
    BOOST_TEST(activity().pause_reason == "");
    BOOST_TEST(memory().pause_reason == "");
}

// What the daemon itself pauses for ends by itself; what a person says never does, whatever it is.
BOOST_FIXTURE_TEST_CASE(no_reason_is_taken_for_the_daemons_own, daemon_world) {
    begin();
    BOOST_TEST(set_paused("smurf", true, std::string(base_pause) + "I say so").has_value());
    BOOST_TEST(!memory().paused_for_base());
}

BOOST_AUTO_TEST_SUITE_END()

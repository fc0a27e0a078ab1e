// What the clock of this machine is compared with, and what is remembered of it (spec, The clock).
#include "engine/run/clock_watch.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/watched_clock.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(clock_watching)

namespace {

using watched_archive = watched<archive_world>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_jump_is_noticed_before_any_check, watched_archive) {
    BOOST_TEST(watch().is_trusted());
    set_clock(3 * a_day);
    BOOST_TEST(!watch().is_trusted());
    BOOST_TEST(watch().certainly_past() == time.now() - 3 * a_day);
    set_clock(-3 * a_day);
    BOOST_TEST(watch().is_trusted());
    BOOST_TEST(watch().certainly_past() == time.now());
    BOOST_TEST(watch().doubt().empty());
}

BOOST_FIXTURE_TEST_CASE(a_jump_is_noticed_across_a_restart, watched_archive) {
    set_clock(3 * a_day);
    clock_watch next(loop.get_executor(), time, catalog);
    ask_nothing(next.check());
    BOOST_TEST(!next.is_trusted());
    BOOST_TEST(holds_text(next.doubt(), "it was set ahead by 259200 s"));
}

BOOST_FIXTURE_TEST_CASE(what_was_accepted_stays_so_across_a_restart, watched_archive) {
    set_clock(3 * a_day);
    accept();
    BOOST_TEST(watch().is_trusted());
    clock_watch next(loop.get_executor(), time, catalog);
    ask_nothing(next.check());
    BOOST_TEST(next.is_trusted());
    // The next time that the clock is set is another matter.
    set_clock(3 * a_day);
    ask_nothing(next.check());
    BOOST_TEST(!next.is_trusted());
}

BOOST_FIXTURE_TEST_CASE(what_was_accepted_before_the_machine_was_started_anew_is_nothing_now,
                        watched_archive) {
    ask(catalog.real().trust_clock({"an-earlier-start", 0, true})).value();
    set_clock(3 * a_day);
    ask_nothing(watch().check());
    BOOST_TEST(!watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(only_what_changes_by_more_than_a_second_is_written_down, watched_archive) {
    BOOST_TEST(catalog.count("trust_clock") == 1U);
    const auto first = recorded();
    time.advance(100);
    set_clock(0.5);
    ask_nothing(watch().check());
    BOOST_TEST(catalog.count("trust_clock") == 1U);
    BOOST_TEST(catalog.count("last_trusted_clock") == 1U);
    set_clock(40);
    ask_nothing(watch().check());
    BOOST_TEST(catalog.count("trust_clock") == 2U);
    BOOST_TEST(recorded()->set_to == first->set_to + 40.5);
    // Small corrections add up to no jump.
    set_clock(40);
    BOOST_TEST(watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(a_jump_that_the_kernel_vouches_for_is_followed, watched_archive) {
    set_clock(3 * a_day);
    time.synchronized = true;
    ask_nothing(watch().check());
    BOOST_TEST(watch().is_trusted());
    time.synchronized = false;
    BOOST_TEST(watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(a_destinations_clock_is_reckoned_from_the_middle_of_the_question, watched_archive) {
    const auto asked = time.reading();
    time.advance(20);
    watch().heard_from("smurf", asked, time.now() - 10 + 75);
    // Known to 11 s.
    BOOST_TEST(watch().difference_of("smurf").value() == 75);
    watch().heard_from("smurf", asked, time.now() - 10 + 70);
    BOOST_TEST(!watch().difference_of("smurf").has_value());
    BOOST_TEST(!watch().difference_of("another").has_value());
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_took_long_vouches_for_no_clock_and_speaks_against_one_that_is_far_off,
                        watched_archive) {
    const auto asked = time.reading();
    time.advance(62);
    set_clock(a_day);
    watch().heard_from("smurf", asked, time.now());
    BOOST_TEST(!watch().is_trusted());
    watch().heard_from("smurf", asked, time.now() - a_day);
    BOOST_TEST(watch().difference_of("smurf").value() == 31 - a_day);
    BOOST_TEST(!watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(a_jump_of_ours_changes_what_is_known_of_a_destinations_clock, watched_archive) {
    watch().heard_from("smurf", time.reading(), time.now());
    set_clock(3 * a_day);
    BOOST_TEST(watch().difference_of("smurf").value() == -3 * a_day);
    BOOST_TEST(!watch().is_trusted());
    set_clock(-3 * a_day);
    watch().heard_from("smurf", time.reading(), time.now() + a_day);
    BOOST_TEST(!watch().is_trusted());
    // An archive that is not served any more says nothing.
    watch().forget("smurf");
    BOOST_TEST(watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(what_a_clock_said_two_hours_ago_is_worth_nothing, watched_archive) {
    watch().heard_from("smurf", time.reading(), time.now() + a_day);
    time.advance(7199);
    BOOST_TEST(!watch().is_trusted());
    time.advance(1);
    BOOST_TEST(watch().is_trusted());
}

BOOST_FIXTURE_TEST_CASE(before_its_witnesses_were_asked_an_unsynchronised_clock_is_waited_for,
                        watched_archive) {
    watch().expect("smurf");
    BOOST_TEST(watch().holds());
    time.synchronized = true;
    BOOST_TEST(!watch().holds());
    time.synchronized = false;
    accept();
    BOOST_TEST(!watch().holds());
    watch().answered("smurf");
    set_clock(a_day);
    time.synchronized = true;
    BOOST_TEST(!watch().holds());
}

// It may have been set before the machine lost its power.
BOOST_FIXTURE_TEST_CASE(without_any_witness_that_answers_an_unsynchronised_clock_is_not_believed,
                        watched_archive) {
    watch().expect("smurf");
    BOOST_TEST(watch().doubt().empty());  // for a moment
    watch().asked_in_vain("smurf");
    BOOST_TEST(watch().holds());
    BOOST_TEST(holds_text(watch().doubt(), "no destination has answered"));
    watch().expect("timestreams");
    watch().answered("timestreams");
    BOOST_TEST(!watch().holds());
    BOOST_TEST(watch().doubt().empty());
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_does_not_answer_keeps_no_clock_in_doubt_where_another_does,
                        watched_archive) {
    watch().expect("smurf");
    watch().expect("timestreams");
    watch().answered("timestreams");
    BOOST_TEST(watch().holds());
    watch().asked_in_vain("smurf");
    BOOST_TEST(!watch().holds());
}

BOOST_FIXTURE_TEST_CASE(an_accepted_clock_needs_no_witness, watched_archive) {
    watch().expect("smurf");
    watch().asked_in_vain("smurf");
    accept();
    BOOST_TEST(!watch().holds());
    BOOST_TEST(watch().doubt().empty());
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_is_not_asked_is_no_witness, watched_archive) {
    int released = 0;
    watch().on_released = [&] { ++released; };
    watch().expect("smurf");
    watch().forget("smurf");  // it is paused
    BOOST_TEST(watch().holds());
    BOOST_TEST(released == 0);
    watch().answered("smurf");
    BOOST_TEST(!watch().holds());
    BOOST_TEST(released == 1);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_does_not_answer_is_no_word_for_the_clock, archive_world) {
    auto& watch = environment.clock_watch;
    catalog.fail_next("last_trusted_clock", disk_error());
    result_of(loop, watch.check());
    BOOST_TEST(watch.holds());
    result_of(loop, watch.check());
    BOOST_TEST(!watch.holds());
}

BOOST_FIXTURE_TEST_CASE(what_is_known_is_recorded_in_a_catalog_that_took_the_place_of_another,
                        watched_archive) {
    watch().catalog_changed();
    ask_nothing(watch().check());
    BOOST_TEST(catalog.count("trust_clock") == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_a_person_accepted_while_the_clock_was_trusted_is_kept, watched_archive) {
    const auto here = time.reading();
    ask(catalog.real().trust_clock({here.boot, here.set_to, true})).value();
    set_clock(5);
    ask_nothing(watch().check());
    BOOST_TEST(recorded()->accepted);
    watch().heard_from("smurf", time.reading(), time.now() - a_day);
    BOOST_TEST(watch().is_trusted());
}

BOOST_AUTO_TEST_SUITE_END()

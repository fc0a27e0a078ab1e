// A clock that is not believed: days are not announced and local files not deleted by it, until it is right
// again or accepted (spec, The clock).
#include "engine/run/clock_watch.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"
#include "tests/engine/run/deleter_world.hpp"
#include "tests/engine/run/finalizer_world.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

constexpr double a_day = 86400;  // s

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
using watched_archive = watched<archive_world>;
using watched_deleter = watched<deleter_world>;
using watched_finalizer = watched<finalizer_world>;
using watched_worker = watched<worker_world>;

struct deleting_daemon : daemon_world {
    static daemon_configuration deleting() {
        auto c = two_archives();
        c.archives[0].delete_local_after = 1000;
        return c;
    }
    deleting_daemon() : daemon_world(deleting()) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(clock_watching)

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

BOOST_FIXTURE_TEST_CASE(an_answer_that_took_long_tells_nothing_of_a_clock, watched_archive) {
    const auto asked = time.reading();
    time.advance(61);
    watch().heard_from("smurf", asked, time.now() + a_day);
    BOOST_TEST(!watch().difference_of("smurf").has_value());
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
    watch().expect_no_more("smurf");
    set_clock(a_day);
    time.synchronized = true;
    BOOST_TEST(!watch().holds());
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

BOOST_FIXTURE_TEST_CASE(nothing_is_deleted_by_a_clock_that_was_set_ahead, watched_deleter) {
    deliver(add("a"));
    begin();
    set_clock(3 * a_day);
    wake();
    time.advance(100);
    BOOST_TEST(on_disk("a"));
    BOOST_TEST(there.stat_requests.empty());
    BOOST_TEST(removal.idle());
    accept();
    wake();
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(by_a_clock_that_was_set_back_files_are_deleted_late_but_they_are, watched_deleter) {
    deliver(add("a"));
    begin();
    set_clock(-3 * a_day);
    BOOST_TEST(!watch().is_trusted());
    time.advance(3 * a_day);
    BOOST_TEST(on_disk("a"));
    time.advance(1100);
    BOOST_TEST(!on_disk("a"));
}

BOOST_FIXTURE_TEST_CASE(no_day_is_announced_by_a_clock_that_was_set_ahead, watched_finalizer) {
    deliver(add("a"));
    set_clock(3 * a_day);
    begin();
    time.advance(100);
    BOOST_TEST(announcements().empty());
    BOOST_TEST(!this->day(17000).completed);
    BOOST_TEST(there.stat_requests.empty());
    accept();
    wake();
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_during_the_sync_before_it_announces_nothing, watched_finalizer) {
    old_file("a");
    there.on_stat = [this](const stat_request&, stat_report&) { set_clock(3 * a_day); };
    begin();
    BOOST_TEST(announcements().empty());
    there.on_stat = {};
    set_clock(-3 * a_day);
    wake();
    BOOST_TEST(announcements().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_destination_whose_clock_differs_is_asked_again_each_minute_until_it_does_not,
                        watched_worker) {
    there.on_prepare = [this](const prepare_request&, result<destination_facts>& facts) {
        facts->clock = time.now() + a_day;
    };
    begin();
    BOOST_TEST(there.prepared.size() == 1U);
    BOOST_TEST(watch().difference_of("smurf").value() == a_day);
    BOOST_TEST(!watch().is_trusted());
    time.advance(59);
    BOOST_TEST(there.prepared.size() == 1U);
    time.advance(2);
    BOOST_TEST(there.prepared.size() == 2U);
    there.on_prepare = [this](const prepare_request&, result<destination_facts>& facts) {
        facts->clock = time.now();
    };
    time.advance(60);
    BOOST_TEST(there.prepared.size() == 3U);
    BOOST_TEST(watch().is_trusted());
    // And then once an hour.
    time.advance(3500);
    BOOST_TEST(there.prepared.size() == 3U);
    time.advance(200);
    BOOST_TEST(there.prepared.size() == 4U);
}

BOOST_FIXTURE_TEST_CASE(the_daemon_says_why_it_waits_and_goes_on_when_the_clock_is_accepted,
                        deleting_daemon) {
    const auto id = add("a");
    begin();
    committed();
    BOOST_REQUIRE(verified(id));
    const auto before = time.now();
    time.set_wall(before + 3 * a_day);
    time.advance(1.1);
    BOOST_TEST(holds_text(condition(condition_kind::clock_untrusted), "it was set ahead by 259200 s"));
    BOOST_TEST(holds_text(condition(condition_kind::clock_untrusted), "suprsync accept-clock --db "));
    BOOST_TEST(served.status().archive_stats.at("smurf").finalized_until < before + 10);
    time.advance(100);
    BOOST_TEST(disk.files.contains("/data/a"));
    // By whoever has the catalog.
    const auto here = time.reading();
    ask(catalog.real().trust_clock({here.boot, here.set_to, true})).value();
    time.advance(2.1);
    BOOST_TEST(condition(condition_kind::clock_untrusted).empty());
    BOOST_TEST(!disk.files.contains("/data/a"));
    BOOST_TEST(served.status().archive_stats.at("smurf").finalized_until > before + a_day);
}

BOOST_FIXTURE_TEST_CASE(a_destinations_wrong_clock_is_its_archives_condition_and_stops_nothing,
                        deleting_daemon) {
    time.synchronized = true;
    there().on_prepare = [this](const prepare_request&, result<destination_facts>& facts) {
        facts->clock = time.now() - 300;
    };
    const auto id = add("a");
    begin();
    time.advance(1001);
    BOOST_TEST(verified(id));
    BOOST_TEST(!disk.files.contains("/data/a"));
    BOOST_TEST(condition(condition_kind::clock_untrusted).empty());
    BOOST_TEST(
        holds_text(condition(condition_kind::clock_difference, "smurf"), "300 s behind this machine's"));
    there().on_prepare = [this](const prepare_request&, result<destination_facts>& facts) {
        facts->clock = time.now();
    };
    time.advance(62);
    BOOST_TEST(condition(condition_kind::clock_difference, "smurf").empty());
}

BOOST_AUTO_TEST_SUITE_END()

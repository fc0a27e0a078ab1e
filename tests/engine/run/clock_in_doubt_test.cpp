// A clock that is not believed: days are not announced and local files not deleted by it, until it is right
// again or accepted (spec, The clock).
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"
#include "tests/engine/run/deleter_world.hpp"
#include "tests/engine/run/finalizer_world.hpp"
#include "tests/engine/run/watched_clock.hpp"
#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(clock_in_doubt)

namespace {

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

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_just_before_the_file_is_dated_announces_nothing,
                        watched_finalizer) {
    old_file("a");
    bool synced = false;
    there.on_stat = [&](const stat_request&, stat_report&) { synced = true; };
    catalog.after = [&](const std::string& function) {
        if (synced && function == "memory" && watch().is_trusted()) set_clock(3 * a_day);
    };
    begin();
    BOOST_TEST(!watch().is_trusted());
    BOOST_TEST(announcements().empty());
    catalog.after = {};
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

struct once_daemon : daemon_world {
    static daemon_configuration once() {
        auto c = two_archives();
        c.once = true;
        c.archives[0].delete_local_after = 0;
        for (auto& archive : c.archives) archive.sleep_time = 600;
        return c;
    }
    once_daemon() : daemon_world(once()) {}
};

BOOST_FIXTURE_TEST_CASE(once_it_ends_with_what_the_clock_does_not_hold, once_daemon) {
    const auto here = time.reading();
    ask(catalog.real().trust_clock({here.boot, here.set_to - 3 * a_day, false})).value();
    disk.write("/data/old", "x", time.now() - 1e6);
    const auto id = insert("/data/old", "16990/old", fake_md5("x"));
    begin();
    time.advance(10);
    BOOST_TEST((ended == false));
    BOOST_TEST(verified(id));
    BOOST_TEST(disk.files.contains("/data/old"));
    BOOST_TEST(rows() == 1);
}

// The last of them keeps the others from announcing and deleting, and no longer.
BOOST_FIXTURE_TEST_CASE(once_it_waits_for_every_destination_to_be_asked, once_daemon) {
    there("timestreams").hold_prepare();
    disk.write("/data/old", "x", time.now() - 1e6);
    insert("/data/old", "16990/old", fake_md5("x"));
    begin();
    time.advance(10);
    BOOST_TEST(!ended.has_value());
    BOOST_TEST(disk.files.contains("/data/old"));
    BOOST_TEST(rows() == 1);
    there("timestreams").release();
    time.advance(2);
    BOOST_TEST((ended == true));
    BOOST_TEST(!disk.files.contains("/data/old"));
    BOOST_TEST(rows() == 2);
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

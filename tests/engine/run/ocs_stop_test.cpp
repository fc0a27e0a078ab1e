// The pause that OCS asks for by stopping an archive's operation: beside the operator's, which it neither
// lifts nor sets, and no longer than the daemon runs.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(ocs_stop)

BOOST_FIXTURE_TEST_CASE(a_stopped_archive_takes_no_new_work_until_it_is_started, daemon_world) {
    begin();
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    const auto id = add("a"), other = add("b", "timestreams");
    committed();
    time.advance(600);
    BOOST_TEST(!verified(id));
    BOOST_TEST(verified(other));
    BOOST_TEST(activity().activity == "stopped");
    BOOST_TEST(activity().ocs_stopped);
    BOOST_TEST(!activity().paused);
    BOOST_TEST(!memory().paused);
    BOOST_TEST(holds_text(condition(condition_kind::ocs_stopped, "smurf"), "stopped over OCS"));
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(served.set_ocs_stopped("smurf", false).has_value());
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(activity().activity == "idle");
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST((served.set_ocs_stopped("hk", true).error().code == failure_code::not_found));
}

BOOST_FIXTURE_TEST_CASE(a_running_batch_ends_by_itself, daemon_world) {
    begin();
    const auto id = add("a");
    there().hold();
    committed();
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    BOOST_TEST(activity().activity == "copying");
    BOOST_TEST(activity().ocs_stopped);
    there().release();
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(activity().activity == "stopped");
}

BOOST_FIXTURE_TEST_CASE(the_operators_pause_is_another_one, daemon_world) {
    begin();
    BOOST_TEST(set_paused("smurf", true).has_value());
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    const auto id = add("a");
    committed();
    BOOST_TEST(activity().activity == "paused");
    BOOST_TEST(condition_count() == 2U);
    BOOST_TEST(served.set_ocs_stopped("smurf", false).has_value());
    time.advance(600);
    BOOST_TEST(!verified(id));
    BOOST_TEST(activity().paused);
    BOOST_TEST(!condition(condition_kind::paused, "smurf").empty());
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    BOOST_TEST(set_paused("smurf", false).has_value());
    time.advance(600);
    BOOST_TEST(!verified(id));
    BOOST_TEST(activity().activity == "stopped");
    BOOST_TEST(served.set_ocs_stopped("smurf", false).has_value());
    settle(loop);
    BOOST_TEST(verified(id));
}

namespace {

struct stopped_deletion_world : daemon_world {
    static daemon_configuration deleting() {
        auto c = two_archives();
        c.archives[0].delete_local_after = 1000;
        return c;
    }
    stopped_deletion_world() : daemon_world(deleting()) { begin(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(nothing_is_deleted_while_it_is_stopped, stopped_deletion_world) {
    const auto id = add("a");
    committed();
    time.advance(10);
    BOOST_REQUIRE(verified(id));
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    time.advance(3000);
    BOOST_TEST(disk.files.contains("/data/a"));
    BOOST_TEST(served.set_ocs_stopped("smurf", false).has_value());
    time.advance(60);
    BOOST_TEST(!disk.files.contains("/data/a"));
}

BOOST_FIXTURE_TEST_CASE(a_reload_keeps_it_and_a_removal_ends_its_condition, daemon_world) {
    begin();
    BOOST_TEST(served.set_ocs_stopped("smurf", true).has_value());
    auto wanted = two_archives();
    wanted.archives[0].max_copy_attempts = 9;
    BOOST_TEST(served.reload(wanted).has_value());
    settle(loop);
    const auto id = add("a");
    committed();
    time.advance(600);
    BOOST_TEST(!verified(id));
    BOOST_TEST(activity().ocs_stopped);
    BOOST_TEST(!condition(condition_kind::ocs_stopped, "smurf").empty());
    wanted.archives.erase(wanted.archives.begin());
    BOOST_TEST(served.reload(wanted).has_value());
    settle(loop);
    ways.erase("smurf");  // it is gone with its archive
    BOOST_TEST(condition(condition_kind::ocs_stopped, "smurf").empty());
    BOOST_TEST(!served.ready().stopping);
    served.stop();
    BOOST_TEST(served.ready().stopping);
}

// A promise of what nobody has looked at would be worse than none.
BOOST_FIXTURE_TEST_CASE(nothing_is_published_before_the_catalog_was_asked, daemon_world) {
    const auto known = [&] { return ask(served.publish_statistics("smurf")).has_value(); };
    BOOST_TEST(!known());
    begin();
    time.advance(120);
    BOOST_TEST(known());
}

// The feed goes on where nothing can be promised yet: without it the site's readers take all for stale.
BOOST_FIXTURE_TEST_CASE(an_archive_with_a_file_of_no_date_publishes_its_figures, daemon_world) {
    change(insert("/data/gone", "17000/gone"), "timestamp = 0");
    begin();
    time.advance(120);
    const auto published = ask(served.publish_statistics("smurf")).value();
    BOOST_TEST(published.finalized_until == 0);
    BOOST_TEST(published.finalized_until_published == 0);
    BOOST_TEST(published.uncopied_files == 1);
}

BOOST_FIXTURE_TEST_CASE(no_more_is_promised_while_the_clock_is_not_believed, daemon_world) {
    const auto until = [&] { return ask(served.publish_statistics("smurf")).value().finalized_until; };
    begin();
    time.advance(120);
    const auto promised = until();
    time.set_wall(time.now() + 86400);
    time.advance(60);
    BOOST_TEST(until() == promised);
}

BOOST_AUTO_TEST_SUITE_END()

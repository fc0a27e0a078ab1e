// What the daemon tells the HTTP server: the session data key for key (spec, HTTP interface), registration,
// pausing.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

struct deleting_world : daemon_world {
    static daemon_configuration deleting() {
        auto c = two_archives();
        c.archives[0].delete_local_after = 1000;
        return c;
    }
    deleting_world() : daemon_world(deleting()) {}
};

using pairs = std::vector<std::pair<std::string, bool>>;

}  // namespace

BOOST_AUTO_TEST_SUITE(daemon_status)

BOOST_FIXTURE_TEST_CASE(status_before_the_first_copy_is_idle_and_empty, daemon_world) {
    begin();
    const auto s = served.status();
    BOOST_TEST(s.activity == "idle");
    BOOST_TEST(s.timestamp == time.now());
    BOOST_TEST(!s.last_copy.has_value());
    BOOST_TEST(s.counters.copies == 0U);
    BOOST_TEST(s.instance_id == "crate1");
    BOOST_TEST(!s.version.empty());
    BOOST_TEST(s.started_at == 1'700'050'000);
    BOOST_TEST(!s.degraded);
    BOOST_TEST(s.conditions.empty());
    BOOST_TEST(s.archives.size() == 2U);
    BOOST_TEST(s.archive_stats.size() == 2U);
    const auto& stats = s.archive_stats.at("smurf");
    BOOST_TEST(stats.finalized_until == time.now());
    BOOST_TEST(stats.num_files == 0);
    BOOST_TEST(stats.uncopied_files == 0);
    BOOST_TEST(stats.last_file_added.empty());
    BOOST_TEST(stats.last_file_copied.empty());
}

BOOST_FIXTURE_TEST_CASE(status_after_a_copy_has_the_agents_keys, daemon_world) {
    begin();
    const auto begun_at = time.now();
    const auto good = add("good"), bad = add("bad");
    disk.write("/data/bad", "of another content", time.now() - 200);  // corrupt
    there().hold();
    time.advance(3);
    committed();
    there().release();
    time.advance(2);
    const auto s = served.status();
    BOOST_TEST(s.activity == "idle");
    BOOST_TEST(s.timestamp == time.now());
    BOOST_REQUIRE(s.last_copy.has_value());
    BOOST_TEST(s.last_copy->start_time > begun_at);
    BOOST_TEST((s.last_copy->stop_time >= s.last_copy->start_time));
    BOOST_TEST((s.last_copy->files == pairs{{"/data/good", true}, {"/data/bad", false}}));
    BOOST_TEST(!s.last_copy->error.has_value());
    const auto& stats = s.archive_stats.at("smurf");
    BOOST_TEST(stats.finalized_until == row(bad).timestamp - 1);
    BOOST_TEST(stats.num_files == 2);
    BOOST_TEST(stats.uncopied_files == 1);
    BOOST_TEST(stats.last_file_added == "/data/bad");
    BOOST_TEST(stats.last_file_copied == "/data/good");
    BOOST_TEST(s.archive_stats.at("timestreams").num_files == 0);
    BOOST_TEST(s.counters.iterations > 0U);
    BOOST_TEST(s.counters.copies == 1U);
    BOOST_TEST(s.counters.errors_timeout == 0U);
    BOOST_TEST(s.counters.errors_nonzero == 0U);
    BOOST_TEST(s.counters.errors_sqlite == 0U);
    BOOST_TEST(verified(good));
    BOOST_TEST(s.degraded);
    BOOST_REQUIRE(s.conditions.size() == 1U);
    BOOST_TEST(s.conditions[0].kind == condition_kind::files_failed);
    BOOST_TEST(s.conditions[0].archive == "smurf");
    BOOST_TEST(s.conditions[0].since <= time.now());
    BOOST_TEST(s.conditions[0].count > 0U);
}

BOOST_FIXTURE_TEST_CASE(session_of_an_archive_tells_of_that_archive_alone, daemon_world) {
    begin();
    add("good");
    committed();
    time.advance(2);
    const auto smurf = served.session("smurf").value(), other = served.session("timestreams").value();
    BOOST_TEST(smurf.activity == "idle");
    BOOST_TEST(smurf.timestamp == time.now());
    BOOST_REQUIRE(smurf.last_copy.has_value());
    BOOST_TEST((smurf.last_copy->files == pairs{{"/data/good", true}}));
    BOOST_TEST(smurf.last_copy->stop_time.has_value());
    BOOST_TEST(smurf.archive_stats.num_files == 1);
    BOOST_TEST(smurf.archive_stats.last_file_copied == "/data/good");
    BOOST_TEST(smurf.counters.copies == 1U);
    BOOST_TEST(!other.last_copy.has_value());
    BOOST_TEST(other.archive_stats.num_files == 0);
    BOOST_TEST(other.counters.copies == 0U);
    BOOST_TEST(other.counters.iterations > 0U);
    BOOST_TEST(smurf.counters.iterations + other.counters.iterations == served.status().counters.iterations);
    BOOST_TEST(!served.session("hk").has_value());
}

BOOST_FIXTURE_TEST_CASE(status_shows_files_that_are_copied, daemon_world) {
    begin();
    add("a"), add("bb");
    there().hold();
    committed();
    add("ccc");
    committed();
    time.advance(10);
    auto s = served.status();
    BOOST_TEST(s.activity == "copying");
    BOOST_TEST(!s.last_copy->stop_time.has_value());
    BOOST_TEST((s.last_copy->files == pairs{{"/data/ccc", false}}));  // the newest batch
    const auto a = activity();
    BOOST_TEST(a.activity == "copying");
    BOOST_TEST(a.destination == "user@host:/base");
    BOOST_TEST(a.files_in_flight == 3);
    BOOST_TEST(a.bytes_in_flight == 12U + 13U + 14U);
    BOOST_TEST(a.files_waiting == 0);
    BOOST_TEST(activity("timestreams").activity == "idle");
    there().release();
    settle(loop);
    const auto after = activity();
    BOOST_TEST(after.files_in_flight == 0);
    BOOST_TEST(after.files_verified == 3);
    BOOST_TEST(after.files_per_second == 0.3);
    BOOST_TEST(after.bytes_per_second == 3.9);
    time.advance(60);
    BOOST_TEST(activity().files_per_second == 0);
}

BOOST_FIXTURE_TEST_CASE(status_counts_files_that_wait_and_files_that_failed, daemon_world) {
    there().down = error(failure_code::connection);
    change(add("c"), "failed_copy_attempts = 5");
    disk.write("/data/a", "a"), disk.write("/data/b", "b");
    const registration a{"/data/a", "17000/a", "smurf", "", time.now(), true, 100};
    const registration b{"/data/b", "17000/b", "smurf", "", time.now(), true, 20};
    ask(catalog.real().add({a, b})).value();
    begin();
    BOOST_TEST(activity().files_waiting == 2);
    BOOST_TEST(activity().bytes_waiting == 120U);
    BOOST_TEST(activity().files_failed == 1);
    BOOST_TEST(activity().activity == "waiting");
    BOOST_TEST((activity().next_attempt == time.now() + 1));
}

BOOST_FIXTURE_TEST_CASE(status_shows_that_files_are_deleted, deleting_world) {
    const auto id = add("a");
    begin();
    std::string seen, of_archive, while_copying;
    there().on_stat = [&](const stat_request&, stat_report&) {
        seen = served.status().activity;
        of_archive = activity().activity;
    };
    time.advance(1001);
    BOOST_TEST(seen == "deleting");
    BOOST_TEST(of_archive == "deleting");
    BOOST_TEST(row(id).removed.has_value());
    BOOST_TEST(activity().files_deleted == 1);
    BOOST_TEST(served.status().activity == "idle");
    // Copying is told before deleting, whichever archive does it.
    add("b");
    committed();
    time.advance(999);
    there("timestreams").hold();
    add("c", "timestreams");
    committed();
    time.advance(2);
    BOOST_TEST(activity().files_deleted == 2);
    BOOST_TEST(seen == "copying");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(daemon_requests)

BOOST_FIXTURE_TEST_CASE(a_registered_file_is_copied_at_once, daemon_world) {
    begin();
    disk.write("/data/a", "content");
    const auto added = ask(served.register_files({{"/data/a", "17000/a", "smurf", "", {}, true}})).value();
    settle(loop);
    const auto id = added.at(0).file.row.id;
    BOOST_TEST(verified(id));
    const auto view = ask(served.file(id)).value();
    BOOST_REQUIRE(view.has_value());
    BOOST_TEST(view->state == "verified");
    BOOST_TEST(!ask(served.file(99)).value().has_value());
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_wakes_nobody, daemon_world) {
    begin();
    const auto calls = catalog.calls.size();
    const auto refused = ask(served.register_files({{"/etc/x", "a", "smurf", "", {}, true}}));
    settle(loop);
    BOOST_TEST(!refused.has_value());
    BOOST_TEST(catalog.calls.size() == calls);
}

BOOST_FIXTURE_TEST_CASE(an_archive_is_paused_and_resumed_by_request, daemon_world) {
    begin();
    BOOST_TEST(set_paused("smurf", true).has_value());
    const auto id = add("a"), other = add("b", "timestreams");
    committed();
    time.advance(600);
    BOOST_TEST(!verified(id));
    BOOST_TEST(verified(other));
    BOOST_TEST(activity().paused);
    BOOST_TEST(activity().activity == "paused");
    BOOST_TEST(memory().paused);
    BOOST_TEST(holds_text(condition(condition_kind::paused, "smurf"), "suprsync resume smurf"));
    BOOST_TEST(set_paused("smurf", false).has_value());
    settle(loop);
    BOOST_TEST(verified(id));
    BOOST_TEST(!activity().paused);
    BOOST_TEST(!memory().paused);
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_pause_that_cannot_be_kept_is_none, daemon_world) {
    begin();
    catalog.fail_next("set_paused", error(failure_code::catalog, "disk I/O error"));
    BOOST_TEST((set_paused("smurf", true).error().code == failure_code::catalog));
    BOOST_TEST(!activity().paused);
    BOOST_TEST((set_paused("hk", true).error().code == failure_code::not_found));
    BOOST_TEST(condition_count() == 1U);
    BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"));
    time.advance(1);
    BOOST_TEST(condition_count() == 0U);
}

// What others committed has the catalog asked which archives nobody serves.
BOOST_FIXTURE_TEST_CASE(a_lock_is_told_while_the_catalog_is_waited_for, daemon_world) {
    bool held = true;
    begin();
    add("a");
    committed();
    catalog.locked = time.now();
    catalog.until_free = [&]() -> boost::asio::awaitable<void> {
        while (held) co_await time.sleep_for(std::chrono::seconds(1));
    };
    time.advance(7);
    BOOST_TEST(!condition(condition_kind::database_locked).empty());
    held = false;
    catalog.locked.reset();
    time.advance(2);
    BOOST_TEST(condition(condition_kind::database_locked).empty());
}

BOOST_AUTO_TEST_SUITE_END()

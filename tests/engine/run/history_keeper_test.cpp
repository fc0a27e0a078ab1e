// What each archive did, recorded once a minute (spec, History).
#include <boost/test/unit_test.hpp>

#include "engine/rules/history_steps.hpp"
#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(history_kept)

namespace {

struct kept_world : daemon_world {
    using daemon_world::daemon_world;
    // To a little after the next full minute, when it has been recorded.
    void to_next_minute() {
        const auto now = time.now();
        time.advance(step_of(now, 60) + 60 - now + 0.2);
    }
    std::vector<history_point> seen(const std::string& archive = "smurf", double step = 60) {
        const auto begin = step_of(1'700'050'000, 3600);
        return ask(catalog.real().history({archive, {begin, begin + 7200, step}, time.now()})).value();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_minute_tells_what_happened_in_it_and_how_it_stood, kept_world) {
    there().free_space = disk_space{70, 100, 1, 2};
    begin();
    to_next_minute();
    const auto begun = time.now();
    add("a");
    add("bb");
    const auto bad = add("bad");
    disk.write("/data/bad", "of another content", time.now() - 200);  // corrupt
    time.advance(5);
    BOOST_TEST(row(bad).failed_copy_attempts > 0);
    to_next_minute();
    const auto rows = seen();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].verified_files == 0);
    const auto& p = rows[1];
    BOOST_TEST(p.at == step_of(begun, 60));
    BOOST_TEST(p.seconds == 60, boost::test_tools::tolerance(0.01));
    BOOST_TEST(p.verified_files == 2);
    BOOST_TEST(p.verified_bytes == std::string("content of acontent of bb").size());
    BOOST_TEST(p.sent_bytes >= p.verified_bytes);
    BOOST_TEST(p.failed_files == 1);
    BOOST_TEST(p.waiting_files == 0);
    BOOST_TEST(p.verified_after.count() == 2U);
    BOOST_TEST(p.verified_after.quantile(0.99).value() < 5);
    BOOST_TEST(p.free_here.value() == 500'000'000'000U);
    BOOST_TEST(p.free_there.value() == 70U);
    BOOST_TEST(seen("timestreams").back().verified_files == 0);
    // What was counted is not counted again.
    to_next_minute();
    BOOST_TEST(seen().back().verified_files == 0);
    BOOST_TEST(seen().back().verified_after.count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(the_first_minute_is_as_long_as_it_was_seen, kept_world) {
    begin();
    to_next_minute();
    const auto rows = seen();
    BOOST_REQUIRE(rows.size() == 1U);
    BOOST_TEST(rows[0].at == step_of(1'700'050'000, 60));
    BOOST_TEST(rows[0].seconds < 60);
    BOOST_TEST(rows[0].seconds > 15);
}

BOOST_FIXTURE_TEST_CASE(a_minute_that_cannot_be_recorded_is_missing_and_nothing_else, kept_world) {
    begin();
    to_next_minute();
    catalog.fail_next("record_history", {failure_code::locked, "use", "the catalog", "of the test"});
    add("a");
    to_next_minute();
    add("b");
    to_next_minute();
    const auto rows = seen();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[1].at == rows[0].at + 120);
    BOOST_TEST(rows[1].verified_files == 1);
    BOOST_TEST(served.status().conditions.empty());
}

BOOST_FIXTURE_TEST_CASE(a_minute_in_which_the_clock_is_set_is_missing, kept_world) {
    begin();
    to_next_minute();
    time.advance(20);
    time.set_wall(time.now() + 20);
    to_next_minute();
    BOOST_TEST(seen().size() == 1U);
    to_next_minute();
    BOOST_TEST(seen().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(archives_that_come_and_change_go_on_with_what_they_counted, kept_world) {
    begin();
    add("a");
    to_next_minute();
    auto changed = two_archives();
    changed.archives[0].concurrency = 2;
    served.reload(changed).value();
    time.advance(3);
    add("b");
    to_next_minute();
    const auto rows = seen();
    BOOST_REQUIRE(rows.size() == 2U);
    BOOST_TEST(rows[0].verified_files == 1);
    BOOST_TEST(rows[1].verified_files == 1);
}

BOOST_FIXTURE_TEST_CASE(is_answered_in_steps_with_how_the_space_goes, kept_world) {
    begin();
    for (int n = 0; n < 45; ++n) {
        disk.free_space.bytes_free -= 1'000'000'000;
        to_next_minute();
    }
    const auto told = ask(served.history({"smurf", {}, {}, 300})).value();
    BOOST_TEST(told.archive == "smurf");
    BOOST_TEST(told.range.step == 300);
    BOOST_TEST(told.points.size() >= 9U);
    BOOST_TEST(told.here.value().bytes_per_second.value() == -1e9 / 60, boost::test_tools::tolerance(0.01));
    BOOST_TEST(told.here.value().full_in.value() > 0);
    BOOST_TEST(!told.there.has_value());
    const auto none = ask(served.history({"none", {}, {}, {}}));
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().code == failure_code::not_found));
    BOOST_TEST((ask(served.history({"smurf", {}, {}, 7})).error().code == failure_code::invalid));
}

BOOST_FIXTURE_TEST_CASE(what_may_be_deleted_is_told_with_the_status, kept_world) {
    begin();
    add("a");
    const auto kept = add("kept");
    time.advance(5);
    const auto smurf = [this] {
        for (auto& archive : served.status().archives)
            if (archive.name == "smurf") return archive;
        return archive_activity{};
    };
    BOOST_TEST(smurf().files_deletable.value() == 2);
    change(kept, "deletable = 0");
    time.advance(3);
    BOOST_TEST(smurf().files_deletable.value() == 1);
    BOOST_TEST(smurf().bytes_deletable.value() == 12);
}

BOOST_AUTO_TEST_SUITE_END()

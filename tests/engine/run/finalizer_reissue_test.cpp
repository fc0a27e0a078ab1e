// Finalization files that were not delivered for a day.
#include <boost/test/unit_test.hpp>

#include "engine/run/announcing.hpp"
#include "tests/engine/run/finalizer_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(finalizer_issues_anew)

namespace {

// A day was announced, and the file that says so was not delivered for more than a day.
struct stale_world : finalizer_world {
    file_row stale;
    stale_world() {
        old_file("smurf/a");
        begin();
        stop();
        archive.stopping = false;
        stale = announcements().at(0);
        time.advance(one_timecode + 10);
    }
    reissue_outcome reissue() { return ask(reissue_finalization_file(archive, stale)); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(under_the_timecode_that_is_current_then, stale_world) {
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(row(stale.id).ignore);
    BOOST_REQUIRE(announcements().size() == 2U);
    const auto anew = announcements()[1];
    BOOST_TEST(anew.remote_path == "17001/suprsync/crate1/1700150010_smurf_16990_finalized.yaml");
    BOOST_TEST(holds_text(ignore_reason(stale.id), anew.remote_path));
    BOOST_TEST(holds_text(text_of(anew), "finalized_at: 1700150010.000000"));
    BOOST_TEST(holds_text(text_of(anew), "num_files: 1\n"));
    BOOST_TEST(!holds_text(text_of(anew), "revision"));  // it says again what was said
    BOOST_TEST((day(16990).finalize_file_id == anew.id));
}

BOOST_FIXTURE_TEST_CASE(never_at_the_path_of_the_old_file, stale_world) {
    // Set back to the second in the old name, as after a wrong clock was put right.
    time.advance(-one_timecode - 10);
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_REQUIRE(announcements().size() == 2U);
    BOOST_TEST(announcements()[1].remote_path != stale.remote_path);
    BOOST_TEST(disk.files.size() == 2U);
}

// Both are of one day and one second, and the names are made of these.
BOOST_FIXTURE_TEST_CASE(never_at_the_path_of_a_later_announcement, stale_world) {
    old_file("smurf/b");
    begin();
    BOOST_REQUIRE(announcements().size() == 2U);
    const auto revision = announcements()[1];
    const auto told = text_of(revision);
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_REQUIRE(announcements().size() == 3U);
    BOOST_TEST(announcements()[2].local_path != revision.local_path);
    BOOST_TEST(announcements()[2].remote_path != revision.remote_path);
    BOOST_TEST(text_of(revision) == told);
    BOOST_TEST(disk.files.size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(not_while_another_announcement_is_written, stale_world) {
    archive.announcing = true;
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    old_file("smurf/b");
    begin();
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(disk.files.size() == 1U);
    BOOST_TEST(condition_count() == 0U);
    BOOST_TEST(!days.idle());
    archive.announcing = false;
    time.advance(1);
    BOOST_TEST(announcements().size() == 2U);
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(!archive.announcing);
}

BOOST_FIXTURE_TEST_CASE(not_a_file_that_was_delivered_meanwhile, stale_world) {
    change(stale.id, "local_md5sum = 'm', remote_md5sum = 'm'");
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    BOOST_TEST(announcements().size() == 1U);
    BOOST_TEST(disk.files.size() == 1U);  // what was written for it is discarded
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_day_that_lost_a_copy_meanwhile_is_told_and_its_file_left, stale_world) {
    copy_query query;
    query.archive = "smurf";
    query.limit = 1;
    auto copies = ask(catalog.real().load_copies(query)).value().copies;
    BOOST_REQUIRE(copies.size() == 1U);
    const auto id = copies[0].file.row.id;
    ask(catalog.real().record_bad_copies("smurf", {{copies[0], "vanished", "gone", time.now()}}, {})).value();
    const auto calls = there.calls.size();
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    BOOST_TEST(!row(stale.id).ignore);
    BOOST_TEST(there.calls.size() == calls);  // no sync for nothing
    BOOST_TEST(
        holds_text(condition(condition_kind::finalization_failed), "suprsync verify smurf --prefix 16990/"));
    ask(catalog.real().record_bad_copies("smurf", {}, {id})).value();
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_write_failure_leaves_the_old_file, stale_world) {
    disk.before = [&](const std::string& verb, const std::string& path) {
        if (verb == "write_whole") disk.failing[path] = disk_full(path);
    };
    BOOST_TEST((reissue() == reissue_outcome::not_now));
    BOOST_TEST(!row(stale.id).ignore);
    BOOST_TEST(holds_text(condition(condition_kind::finalization_failed), "No space left"));
    disk.before = {};
    disk.failing.clear();
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_failure_leaves_the_old_file, stale_world) {
    for (const auto* operation : {"summary_of_finalization", "memory", "reissue_finalization"}) {
        catalog.fail_next(operation, disk_error());
        BOOST_TEST((reissue() == reissue_outcome::not_now), operation);
        BOOST_TEST(holds_text(condition(condition_kind::catalog_error), "disk I/O error"), operation);
        BOOST_TEST(condition(condition_kind::finalization_failed).empty());
        BOOST_TEST(disk.files.size() == 1U);
    }
    BOOST_TEST((reissue() == reissue_outcome::reissued));
    BOOST_TEST(condition_count() == 0U);
}

BOOST_FIXTURE_TEST_CASE(nothing_where_it_is_unknown_what_the_file_announces, finalizer_world) {
    const auto id = insert("/f", "16998/suprsync/crate1/1_smurf_16997_finalized.yaml");
    BOOST_TEST((ask(reissue_finalization_file(archive, row(id))) == reissue_outcome::unknown));
    BOOST_TEST(disk.files.empty());
    BOOST_TEST(!row(id).ignore);
}

BOOST_AUTO_TEST_SUITE_END()

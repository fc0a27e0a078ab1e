// Retries, changes by hand, and timecode directories, on a real database.
#include "tests/support/storage/people.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(catalog_admin_changes)

BOOST_FIXTURE_TEST_CASE(retrying_gives_attempts_back_and_forgets_the_delay, people) {
    const auto failed = insert("17000/a");
    const auto retrying = insert("17000/b");
    const auto pending = insert("17000/c");
    const auto ignored = insert("17000/d");
    const auto verified = insert("17000/e");
    const auto gone = insert("17000/f");
    const auto other_archive = insert("17000/g", "hk");
    const auto elsewhere = insert("17001/h");
    for (const auto id : {failed, ignored, verified, gone, other_archive, elsewhere})
        set(id, "failed_copy_attempts = 5");
    set(ignored, "\"ignore\" = 1");
    verify(verified);
    set(gone, "removed = 0");
    open();
    BOOST_REQUIRE(ask(catalog().record({attempt(retrying, 1e12)})).has_value());
    BOOST_TEST(wait(catalog().find(retrying))->next_attempt_at.value() == 1e12);
    set(pending, "failed_copy_attempts = NULL");

    retry_request request;
    request.archive = "smurf";
    request.remote_prefix = "17000/";
    BOOST_TEST(wait(catalog().retry(request)) == 2);
    for (const auto id : {failed, retrying}) {
        const auto file = *wait(catalog().find(id));
        BOOST_TEST(file.state == "pending");
        BOOST_TEST(!file.next_attempt_at.has_value());
        BOOST_TEST(file.row.failed_copy_attempts == 0);
    }
    // What is known of the last attempt stays known.
    BOOST_TEST(wait(catalog().find(retrying))->last_error.value() == "checksums differ");
    BOOST_TEST(!foreign().row(pending).failed_copy_attempts.has_value());
    for (const auto id : {ignored, verified, gone, other_archive, elsewhere})
        BOOST_TEST(foreign().row(id).failed_copy_attempts.value() == 5);
    work_query work;
    work.archive = "smurf";
    work.now = 2e9;
    work.limit = 100;
    BOOST_TEST(wait(catalog().load_work(work)).items.size() == 3U);

    request = {};
    request.ids = {other_archive, verified, 999};
    request.archive = "smurf";
    BOOST_TEST(wait(catalog().retry(request)) == 0);
    request.archive.reset();
    BOOST_TEST(wait(catalog().retry(request)) == 1);
    BOOST_TEST(wait(catalog().retry({})) == 1);
    BOOST_TEST(wait(catalog().find(elsewhere))->state == "pending");
    BOOST_TEST(wait(catalog().retry({})) == 0);
}

BOOST_FIXTURE_TEST_CASE(what_a_retry_would_do_is_told_without_a_change, people) {
    const auto failed = insert("17000/a");
    const auto elsewhere = insert("17001/b");
    const auto retrying = insert("17000/c");
    const auto gone = insert("17000/d");
    const auto other_archive = insert("17000/e", "hk");
    for (const auto id : {failed, elsewhere, gone, other_archive}) set(id, "failed_copy_attempts = 5");
    set(gone, "removed = 0");
    verify(insert("17000/f"));
    open();
    BOOST_REQUIRE(ask(catalog().record({attempt(retrying, 1e12)})).has_value());
    BOOST_REQUIRE(ask(catalog().record_removed_days("smurf", {16999, 17000}, 1'700'000'000)).has_value());
    const auto would = [&](const retry_request& request) {
        const auto preview = wait(catalog().would_retry(request));
        return std::pair(preview.files, preview.removed_days);
    };
    using counts = std::pair<std::int64_t, std::int64_t>;
    retry_request of_archive;
    of_archive.archive = "smurf";
    auto of_day = of_archive;
    of_day.remote_prefix = "17000/";
    auto by_state = of_archive;
    by_state.state = "retrying";
    auto by_id = of_archive;
    by_id.ids = {failed, gone, other_archive, 999};
    BOOST_TEST((would(of_archive) == counts(3, 2)));
    BOOST_TEST((would(of_day) == counts(2, 1)));
    BOOST_TEST((would(by_state) == counts(1, 0)));
    BOOST_TEST((would(by_id) == counts(1, 0)));
    BOOST_TEST((would({}) == counts(4, 0)));
    BOOST_TEST(wait(catalog().removed_days("smurf")).size() == 2U);
    // What is told is what is done.
    for (const auto& request : {by_id, by_state}) {
        const auto told = would(request).first;
        BOOST_TEST(wait(catalog().retry(request)) == told);
        BOOST_TEST(would(request).first == 0);
    }
}

BOOST_FIXTURE_TEST_CASE(many_are_retried_in_short_transactions, people) {
    foreign().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1600)
        INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp,
            failed_copy_attempts)
        SELECT '/data/' || i, '', 'smurf', '17000/' || i, i, 5 FROM n)");
    open();
    {
        const std::lock_guard lock(mutex);
        statements.clear();
    }
    BOOST_TEST(wait(catalog().retry({})) == 1600);
    BOOST_TEST(foreign().number("SELECT count(*) FROM supersync_v0 WHERE failed_copy_attempts = 0") == 1600);
    std::size_t changed = 0;
    const std::lock_guard lock(mutex);
    for (const auto& sql : statements) {
        if (sql.starts_with("BEGIN")) changed = 0;
        if (sql.starts_with("UPDATE supersync_v0")) BOOST_TEST(++changed <= 500U);
    }
}

BOOST_FIXTURE_TEST_CASE(ignoring_keeps_the_reason, people) {
    const auto id = insert("17000/a");
    open();
    file_change change;
    change.ignore = true;
    change.ignore_reason = "cosmic ray";
    auto file = *wait(catalog().change_file(id, change));
    BOOST_TEST(file.state == "ignored");
    BOOST_TEST(file.ignore_reason.value() == "cosmic ray");
    BOOST_TEST(foreign().row(id).ignore.value());
    // Ignored again without one: the first still tells why.
    change.ignore_reason.clear();
    BOOST_TEST(wait(catalog().change_file(id, change))->ignore_reason.value() == "cosmic ray");
    change.ignore_reason = "really";
    BOOST_TEST(wait(catalog().change_file(id, change))->ignore_reason.value() == "really");
    BOOST_TEST(wait(catalog().counts("smurf")).ignored == 1);
    change = {};
    change.ignore = false;
    file = *wait(catalog().change_file(id, change));
    BOOST_TEST(file.state == "pending");
    BOOST_TEST(!file.ignore_reason.has_value());
    BOOST_TEST(foreign().number("SELECT count(*) FROM suprsync_notes") == 0);
    change = {};
    change.deletable = false;
    file = *wait(catalog().change_file(id, change));
    BOOST_TEST(!file.row.deletable);
    BOOST_TEST(file.state == "pending");
    BOOST_TEST(!wait(catalog().change_file(999, change)).has_value());
    // What is not asked for stays as it was, NULLs too.
    BOOST_TEST(!foreign().row(id).failed_copy_attempts.has_value());
}

// It may have been verified since somebody listed it.
BOOST_FIXTURE_TEST_CASE(what_is_not_any_more_as_it_was_listed_is_not_changed, people) {
    const auto waiting = insert("17000/a");
    const auto settled = insert("17000/b");
    set(settled, "local_md5sum = 'x', remote_md5sum = 'x'");
    open();
    file_change change;
    change.ignore = true;
    change.while_state = "unsettled";
    BOOST_TEST(wait(catalog().change_files({waiting, settled}, change)) == 1);
    BOOST_TEST(wait(catalog().find(waiting))->state == "ignored");
    BOOST_TEST(wait(catalog().find(settled))->state == "verified");
}

// A daemon is another process with the same database.
BOOST_FIXTURE_TEST_CASE(a_running_daemon_notices_at_once, people) {
    const auto id = insert("17000/a");
    set(id, "failed_copy_attempts = 5");
    open();
    catalog_options options;
    options.path = path();
    auto daemon = open_catalog(loop.get_executor(), options).value();
    BOOST_TEST(wait(daemon->prepare_step()).done);
    BOOST_REQUIRE(ask(daemon->serve("smurf", 5, "host:/base")).has_value());
    wait(daemon->take_changes());
    BOOST_TEST(!wait(daemon->take_changes()).changed);
    BOOST_TEST(wait(daemon->counts("smurf")).failed == 1);
    BOOST_TEST(wait(catalog().retry({})) == 1);
    BOOST_TEST(wait(daemon->take_changes()).changed);
    BOOST_TEST(wait(daemon->counts("smurf")).failed == 0);
    file_change change;
    change.ignore = true;
    wait(catalog().change_file(id, change));
    BOOST_TEST(wait(daemon->take_changes()).changed);
    BOOST_TEST(wait(daemon->counts("smurf")).ignored == 1);
}

BOOST_FIXTURE_TEST_CASE(claimants_and_registered_paths, people) {
    const auto one = insert("17000/a");
    auto row = foreign().row(one);
    row.id = 0;
    row.local_path = "/data/other";
    row.ignore = true;
    const auto claimant = foreign().insert(row);
    insert("17000/b");
    const auto other_archive = insert("17000/a", "hk");
    open();
    const auto claimants = [&] {
        ids found;
        for (const auto& file : wait(catalog().claimants_of(wait(catalog().find(one))->row)))
            found.push_back(file.row.id);
        return found;
    };
    same(claimants(), {claimant}, "hk may be delivered elsewhere");
    BOOST_REQUIRE(ask(catalog().serve("smurf", 5, "host:/base")).has_value());
    BOOST_REQUIRE(ask(catalog().serve("hk", 5, "host:/base")).has_value());
    same(claimants(), {claimant, other_archive}, "hk has the same destination");
    BOOST_TEST((wait(catalog().registered("smurf", {"/data/17000/a", "/data/other", "/data/none"})) ==
                std::vector<bool>{true, true, false}));
    BOOST_TEST((wait(catalog().registered("hk", {"/data/17000/a", "/data/17000/b"})) ==
                std::vector<bool>{true, false}));
    BOOST_TEST((wait(catalog().registered("none", {"/data/17000/a"})) == std::vector<bool>{false}));
}

BOOST_FIXTURE_TEST_CASE(another_database_is_not_made_a_catalog, people) {
    foreign_writer other(scratch / "other.db");
    other.execute("CREATE TABLE bookmarks (id)");
    catalog_options options;
    options.path = scratch / "other.db";
    options.must_exist = true;
    const auto opened = open_catalog(loop.get_executor(), options);
    BOOST_REQUIRE(!opened.has_value());
    BOOST_TEST((opened.error().code == failure_code::not_a_catalog));
    BOOST_TEST(other.number("SELECT count(*) FROM sqlite_master") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(catalog_admin_timecodes)

BOOST_FIXTURE_TEST_CASE(directories_and_what_blocks_them, people) {
    foreign().insert_timecode("smurf", {17000, true, true, true, {}});
    foreign().insert_timecode("smurf", {17005, true, false, false, {}});
    const auto done = insert("17000/a");
    verify(done);
    std::vector<std::int64_t> pending, failed;
    for (int i = 0; i < 8; ++i) pending.push_back(insert("17001/p" + std::to_string(i)));
    for (int i = 0; i < 4; ++i) {
        failed.push_back(insert("17001/f" + std::to_string(i)));
        set(failed.back(), "failed_copy_attempts = 5");
    }
    verify(insert("17001/v"));
    set(insert("17001/i"), "\"ignore\" = 1");
    insert("17002/other", "hk");
    insert("17003/suprsync/srv/1_smurf_17000_finalized.yaml");
    open();
    auto found = wait(catalog().timecodes({"smurf", -1, 100}));
    BOOST_REQUIRE(found.size() == 3U);
    BOOST_TEST(found[0].timecode == 17000);
    BOOST_TEST((found[0].completed && found[0].synced && found[0].finalized));
    BOOST_TEST(found[0].files == 1);
    BOOST_TEST(found[0].revision == 1);
    BOOST_TEST(found[0].blocking.empty());
    BOOST_TEST(found[1].timecode == 17001);
    BOOST_TEST(found[1].archive_name == "smurf");
    BOOST_TEST(!found[1].finalized);
    BOOST_TEST(found[1].files == 13);
    BOOST_TEST(found[1].unsettled == 12);
    BOOST_TEST(found[1].failed == 4);
    ids blocking;
    for (const auto& file : found[1].blocking) blocking.push_back(file.row.id);
    auto expected = failed;
    expected.insert(expected.end(), pending.begin(), pending.begin() + 6);
    same(blocking, expected, "failed ones first, at most ten");
    BOOST_TEST(found[1].blocking[0].state == "failed");
    BOOST_TEST(found[2].timecode == 17005);
    BOOST_TEST((found[2].completed && !found[2].synced));
    BOOST_TEST(found[2].files == 0);

    BOOST_TEST(wait(catalog().timecodes({"smurf", 17000, 1})).at(0).timecode == 17001);
    BOOST_TEST(wait(catalog().timecodes({"smurf", 17005, 1})).empty());
    BOOST_TEST(wait(catalog().timecodes({"none", -1, 1})).empty());
    // A late file, unignored by hand, opens a finalized directory again.
    set(done, "\"ignore\" = 1");
    wait(catalog().timecodes({"smurf", -1, 1}));
    file_change change;
    change.ignore = false;
    wait(catalog().change_file(done, change));
    BOOST_TEST(!wait(catalog().timecodes({"smurf", -1, 1})).at(0).finalized);
}

BOOST_FIXTURE_TEST_CASE(directories_of_which_nothing_is_left_are_not_shown, people) {
    const auto id = insert("17000/a");
    open();
    BOOST_TEST(wait(catalog().timecodes({"smurf", -1, 100})).size() == 1U);
    foreign().execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(id));
    BOOST_TEST(wait(catalog().timecodes({"smurf", -1, 100})).empty());
}

BOOST_AUTO_TEST_SUITE_END()

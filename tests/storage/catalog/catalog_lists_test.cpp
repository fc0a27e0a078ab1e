// Lists of files, on a real database; no list scans.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <set>

#include "storage/sqlite/archive_lock.hpp"
#include "tests/support/storage/people.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(catalog_admin_lists)

BOOST_FIXTURE_TEST_CASE(every_state_has_its_rows, people) {
    const auto pending = insert("17000/a");
    const auto retrying = insert("17000/b");
    const auto failed = insert("17000/c");
    const auto ignored = insert("17000/d");
    const auto verified = insert("17000/e");
    const auto kept = insert("17000/f");
    const auto deleted = insert("17000/g");
    const auto finalization = insert("17001/suprsync/srv/1_smurf_17000_finalized.yaml");
    const auto foreign = insert("17000/h", "hk");
    const auto postponed = insert("17000/i");
    set(retrying, "failed_copy_attempts = 1");
    set(failed, "failed_copy_attempts = 5");
    set(ignored, "\"ignore\" = 1, failed_copy_attempts = 5");
    verify(verified);
    verify(kept);
    set(kept, "deletable = 0");
    verify(deleted);
    set(deleted, "removed = 7");
    open();
    auto put_off = attempt(postponed, 1e12);
    put_off.attempts_lost = 0;
    BOOST_REQUIRE(ask(catalog().record({put_off})).has_value());

    const std::vector<std::pair<std::string, ids>> expected = {
        {"pending", {pending, finalization, foreign}},
        {"retrying", {retrying, postponed}},
        {"failed", {failed}},
        {"ignored", {ignored}},
        {"verified", {verified, kept}},
        {"deleted", {deleted}},
        {"unsettled", {pending, retrying, failed, finalization, foreign, postponed}},
        {"deletable", {verified}},
    };
    for (const auto& [state, rows] : expected) {
        file_query query;
        query.state = state;
        for (const std::size_t limit : {1UL, 2UL, 100UL}) same(listed(query, limit), rows, state);
        query.archive = "hk";
        auto of_hk = rows;
        std::erase_if(of_hk, [&](auto id) { return id != foreign; });
        same(listed(query), of_hk, state + " of hk");
        query.archive = "none";
        same(listed(query), {}, state + " of nothing");
        for (const auto& prefix : {"17000/", "17", ""}) {
            query.archive.reset();
            query.remote_prefix = prefix;
            auto below = rows;
            if (std::string(prefix) == "17000/") std::erase(below, finalization);
            same(listed(query), below, state + " below " + prefix);
        }
    }
    file_query query;
    for (const std::size_t limit : {1UL, 3UL, 100UL})
        same(listed(query, limit),
             {pending, retrying, failed, ignored, verified, kept, deleted, finalization, foreign, postponed},
             "all");
    query.archive = "smurf";
    for (const std::size_t limit : {1UL, 3UL, 100UL})
        same(listed(query, limit),
             {pending, retrying, failed, ignored, verified, kept, deleted, finalization, postponed}, "smurf");
    query.state = "lost";
    BOOST_TEST((ask(catalog().list_files(query)).error().code == failure_code::invalid));
}

// Whatever strategy a combination takes, it finds what a look at every row finds.
BOOST_FIXTURE_TEST_CASE(lists_are_filtered_by_path_prefix_and_time, people) {
    const std::vector<std::string> paths = {
        "17000/x/a", "17000/x/b",    "17000",   "17000x/a", "170001/a",   "17001/x/a", "1700/x",  "x/17000/a",
        "x",         "y/\xc3\xa9/z", "00001/a", "99999/a",  "17000/xy/a", "17000/x/c", "100%/a_b"};
    std::vector<registration> all;
    for (int round = 0; round < 3; ++round)
        for (const auto& path : paths) {
            registration r;
            r.remote_path = path;
            r.local_path = "/data/" + path;
            r.archive_name = round == 1 ? "hk" : "smurf";
            r.timestamp = 1000.0 * round + static_cast<double>(path.size());
            const auto id = insert(path, r.archive_name, r.timestamp);
            BOOST_TEST(id == static_cast<std::int64_t>(all.size() + 1));
            all.push_back(r);
        }
    open();
    std::set<std::string> prefixes = {"1",      "17",   "170", "17000/", "17000/x",  "17000/x/", "9", "z",
                                      "99999/", "0000", "x/",  "y/\xc3", "100%/a_b", "100%/aXb", ""};
    for (const auto& path : paths) prefixes.insert(path);
    for (const auto& archive : {"", "smurf", "hk"})
        for (const double from : {0.0, 1010.0, 2005.0, 9000.0})
            for (const auto& prefix : prefixes) {
                file_query query;
                if (*archive) query.archive = archive;
                if (from > 0) query.registered_from = from;
                query.remote_prefix = prefix;
                ids expected;
                for (std::size_t i = 0; i < all.size(); ++i)
                    if ((!*archive || all[i].archive_name == archive) && all[i].timestamp >= from &&
                        all[i].remote_path.starts_with(prefix))
                        expected.push_back(static_cast<std::int64_t>(i + 1));
                same(listed(query, 2), expected, "prefix " + prefix + " archive " + archive);
                query.remote_prefix.reset();
                query.local_path = "/data/" + prefix;
                std::erase_if(expected, [&](auto id) {
                    return all[static_cast<std::size_t>(id - 1)].remote_path != prefix;
                });
                same(listed(query, 1), expected, "local path of " + prefix + " archive " + archive);
            }
}

BOOST_FIXTURE_TEST_CASE(many_rows_are_listed_in_several_turns, people) {
    foreign().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
        INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name,
        remote_path, timestamp, remote_md5sum)
        SELECT '/data/' || i, 'm', iif(i % 3 = 0, 'hk', 'smurf'), iif(i < 25000, '17000/', '17001/') || i, i, iif(i % 1000 = 7, NULL, 'm')
        FROM n)");
    open();
    file_query query;
    BOOST_TEST(listed(query, 1000).size() == 30000U);
    query.archive = "hk";
    BOOST_TEST(listed(query, 999).size() == 10000U);
    // The last of all, found by the walk after many that do not match.
    query.registered_from = 29'999;
    same(listed(query), {30'000}, "the newest");
    query = {};
    query.remote_prefix = "17001/30000";
    same(listed(query), {30'000}, "by the timecode");
    query.remote_prefix = "17000/";
    BOOST_TEST(listed(query, 5000).size() == 24'999U);
    query.remote_prefix = "1";
    BOOST_TEST(listed(query, 5000).size() == 30'000U);
    query.state = "pending";
    BOOST_TEST(listed(query, 7).size() == 30U);
}

// With ten million rows, too, a page costs what it holds. Every statement of every list finds its
// rows by an index or by their ids.
BOOST_FIXTURE_TEST_CASE(no_list_scans_the_table, people) {
    for (int i = 0; i < 300; ++i) {
        const auto id = insert("1700" + std::to_string(i % 3) + "/" + std::to_string(i));
        if (i % 2) verify(id);
        if (i % 50 == 0) set(id, "failed_copy_attempts = 5");
    }
    open();
    std::vector<file_query> queries;
    for (const auto* state :
         {"", "pending", "retrying", "failed", "ignored", "verified", "deleted", "unsettled", "deletable"})
        for (const auto* archive : {"", "smurf"})
            for (const auto* prefix : {"", "17000/", "17", "x"})
                for (const auto* local : {"", "/data/17000/3"}) {
                    auto& query = queries.emplace_back();
                    if (*state) query.state = state;
                    if (*archive) query.archive = archive;
                    if (*prefix) query.remote_prefix = prefix;
                    if (*local) query.local_path = local;
                    query.limit = 3;
                }
    for (const auto& query : queries) wait(catalog().list_files(query));
    for (const char* state : {"failed", "retrying"}) {
        retry_request request;
        request.remote_prefix = "17000/";
        if (*state == 'f') request.archive = "smurf";
        wait(catalog().retry(request));
    }
    file_change ignore;
    ignore.ignore = true;
    wait(catalog().change_file(1, ignore));
    wait(catalog().timecodes({"smurf", -1, 100}));
    wait(catalog().known_archives());
    std::set<std::string> executed;
    {
        const std::lock_guard lock(mutex);
        executed.insert(statements.begin(), statements.end());
    }
    SQLite::Database database(path().string(), SQLite::OPEN_READONLY);
    std::size_t searches = 0;
    for (const auto& sql : executed) {
        // What the triggers recorded is as long as what changed.
        if (!sql.starts_with("SELECT") || sql.find("_changes") != std::string::npos) continue;
        SQLite::Statement plan(database, "EXPLAIN QUERY PLAN " + sql);
        while (plan.executeStep()) {
            const auto detail = plan.getColumn(3).getString();
            for (const auto* table : {"SCAN s", "SCAN f", "SCAN supersync_v0", "SCAN suprsync_files",
                                      "SCAN suprsync_blocks", "SCAN suprsync_timecodes", "USE TEMP B-TREE"})
                BOOST_TEST(!(detail + " ").starts_with(table + std::string(" ")), sql + ": " + detail);
            if (detail.starts_with("SEARCH suprsync_files USING")) ++searches;
        }
    }
    BOOST_TEST(searches > 20U);
}

// A page reads some rows more than it holds, not the catalog.
BOOST_FIXTURE_TEST_CASE(a_page_costs_what_it_holds, people) {
    foreign().execute(
        R"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name,
        remote_path, timestamp, remote_md5sum)
        SELECT '/data/' || i, 'm', 'smurf', '17000/' || i, i, iif(i % 4000 = 7, NULL, 'm') FROM n)");
    open();
    for (const auto* state : {"", "pending", "verified"}) {
        file_query query;
        query.archive = "smurf";
        if (*state) query.state = state;
        query.limit = 5;
        query.after = 10'000;
        {
            const std::lock_guard lock(mutex);
            statements.clear();
        }
        BOOST_TEST(wait(catalog().list_files(query)).files.size() >= 2U);
        const std::lock_guard lock(mutex);
        BOOST_TEST(statements.size() < 60U, state);
    }
}

BOOST_FIXTURE_TEST_CASE(archives_are_known_by_their_rows_and_their_daemons, people) {
    insert("17000/a", "smurf");
    const auto settled = insert("17000/b", "hk");
    insert("17000/c", "a b");
    open();
    const auto lock = archive_lock::take(path(), "smurf", "other daemon").value();
    wait(catalog().serve("smurf", 5, "here:/base"));
    wait(catalog().serve("timestreams", 5, "here:/other"));
    std::vector<known_archive> expected = {{"a b", 1, 1, false, false},
                                           {"hk", 1, 1, false, false},
                                           {"smurf", 1, 1, true, true},
                                           {"timestreams", 0, 0, true, false}};
    BOOST_TEST((wait(catalog().known_archives()) == expected));
    set(settled, "\"ignore\" = 1");
    expected[1].unsettled = 0;
    BOOST_TEST((wait(catalog().known_archives()) == expected));
    foreign().execute("DELETE FROM supersync_v0 WHERE id = " + std::to_string(settled));
    expected[1].files = 0;
    BOOST_TEST((wait(catalog().known_archives()) == expected));
}

BOOST_AUTO_TEST_SUITE_END()

// No statement of a pass reads a table from end to end (spec, Cost): every one that the catalog issues is
// caught on its way and its plan looked at.
#include <sqlite3.h>

#include <boost/test/unit_test.hpp>
#include <set>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_query_plans)

namespace {

struct heard {
    bool listening = false;
    std::set<std::string> statements;
};

// Lines of EXPLAIN QUERY PLAN.
strings plan_of(sqlite3* connection, const std::string& sql) {
    strings lines;
    sqlite3_stmt* statement = nullptr;
    const auto explained = "EXPLAIN QUERY PLAN " + sql;
    BOOST_REQUIRE_MESSAGE(
        sqlite3_prepare_v2(connection, explained.c_str(), -1, &statement, nullptr) == SQLITE_OK,
        sql << ": " << sqlite3_errmsg(connection));
    constexpr int detail = 3;
    while (sqlite3_step(statement) == SQLITE_ROW)
        lines.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(statement, detail)));
    sqlite3_finalize(statement);
    return lines;
}

bool reads_or_writes(const std::string& sql) {
    return !sql.starts_with("--") && !sql.starts_with("PRAGMA") && !sql.starts_with("BEGIN") &&
           !sql.starts_with("COMMIT") && !sql.starts_with("ROLLBACK");
}

// Tables whose length does not grow with the catalog: one row an archive, one in all, what is new, or the
// tables' own.
bool is_short(const std::string& line) {
    for (const std::string table :
         {"suprsync_archives", "suprsync_indexing", "suprsync_changes", "suprsync_timecode_changes",
          "suprsync_notices", "sqlite_master", "CONSTANT ROW"})
        if (line == "SCAN " + table || line.starts_with("SCAN " + table + " ")) return true;
    return false;
}

// A pass over everything that a daemon asks and records.
void whole_pass(open_database& d) {
    d.all_changes();
    const auto work = d.load_work({archive, later, 50, {1, 2, 3}}).value();
    std::vector<file_row> rows;
    std::vector<file_outcome> outcomes;
    for (const auto& item : work.items) {
        rows.push_back(item.row);
        file_outcome outcome;
        outcome.seen = item.row;
        outcome.attempts_lost = 1;
        outcome.next_attempt = later + 5;
        outcomes.push_back(outcome);
    }
    BOOST_REQUIRE(!rows.empty());
    d.still_wanted(rows).value();
    d.record(outcomes).value();
    d.record_verified({work.items[0].row.id}, file_identity{1, 2, 3, 4});
    d.add({registration_of(row_of(90'000)), registration_of(row_of(90'001))}).value();
    const auto deletable = d.load_deletable(later, later, 20).value();
    BOOST_REQUIRE(!deletable.empty());
    d.may_delete({deletable[0].row}).value();
    d.unsettled_named({{"1.g3"}}).value();
    d.ask(d.catalog().record_removed_days(archive, {17000}, later)).value();
    d.ask(d.catalog().choose_for_removed_day(archive, 17000, removal_choice::accepted, later)).value();
    copy_query copies;
    copies.archive = archive;
    auto kept = d.ask(d.catalog().load_copies(copies)).value().copies;
    BOOST_REQUIRE(!kept.empty());
    copies.remote_prefix = "17001/";
    copies.registered_from = early;
    d.ask(d.catalog().load_copies(copies)).value();
    d.ask(d.catalog().still_to_be_there({kept[0].file.row})).value();
    const auto scrub = d.ask(d.catalog().recall_scrub(archive)).value().state;
    d.ask(d.catalog().record_scrub(archive, scrub)).value();
    d.ask(d.catalog().record_bad_copies(archive, {{kept[0], "vanished", "", later}}, {kept[1].file.row.id}))
        .value();
    d.ask(d.catalog().bad_copies(archive)).value();
    d.spelled_otherwise({{deletable[0].row, "/real/1.g3"}}).value();
    d.record_deletions({{deletable[0].row, deletion_outcome::deleted, "", later, 0}}).value();
    d.counts().value();
    BOOST_REQUIRE(!d.timecodes_to_finalize().value().directories.empty());
    d.mark_timecode(17001, true, true).value();
    d.summarize(17001).value();
    d.awaited({"17000/smurf/1.g3"}).value();
    d.memory().value();
    d.find(1).value();
    d.foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = 0 WHERE id % 100 = 7");
    d.foreign().execute("UPDATE timecode_dirs_v0 SET finalized = 1 WHERE timecode = 17001");
    d.foreign().insert(row_of(90'003, archive, 17001));
    d.all_changes();
    d.foreign().execute(
        R"(UPDATE supersync_v0 SET "ignore" = 1 WHERE remote_md5sum IS NOT local_md5sum AND archive_name = 'data')");
    const auto file = d.finalize(17002, early);
    d.reissue_finalization(file, finalization_of(17002, early + 1e5), early, "old").value();
    d.summary_of_finalization(file).value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_statement_of_a_pass_scans_a_table) {
    for (const bool analyzed : {false, true}) {
        open_database d;
        const auto ear = std::make_shared<heard>();
        d.options.echo = [ear](const std::string& sql) {
            if (ear->listening) ear->statements.insert(sql);
        };
        std::vector<catalog_row> rows;
        for (int n = 0; n < 3000; ++n) {
            const auto row = row_of(n, n % 2 == 0 ? archive : "other", 17000 + n / 1000);
            rows.push_back(n % 10 == 2 ? row : verified(row));
        }
        d.foreign().insert(rows);
        d.make_ready();
        d.serve("other").value();
        if (analyzed) d.foreign().execute("ANALYZE");
        ear->listening = true;
        whole_pass(d);
        d.serve(archive, 3).value();
        d.close();

        sqlite3* connection = nullptr;
        BOOST_REQUIRE(sqlite3_open(d.path().c_str(), &connection) == SQLITE_OK);
        int judged = 0;
        for (const auto& sql : ear->statements) {
            if (!reads_or_writes(sql)) continue;
            ++judged;
            for (const auto& line : plan_of(connection, sql))
                BOOST_TEST((!line.starts_with("SCAN") || is_short(line)), sql << "\n" << line);
        }
        BOOST_TEST(judged > 50);
        sqlite3_close(connection);
    }
}

// The lists come out of their partial indexes in the order in which they are wanted.
BOOST_AUTO_TEST_CASE(the_hot_lists_use_their_partial_indexes_and_sort_nothing) {
    open_database d;
    const auto ear = std::make_shared<heard>();
    d.options.echo = [ear](const std::string& sql) {
        if (ear->listening) ear->statements.insert(sql);
    };
    d.foreign().insert({row_of(1), failed(row_of(2)), verified(row_of(3))});
    d.make_ready();
    ear->listening = true;
    d.work();
    d.load_deletable().value();
    d.unsettled_named({{"1.g3"}}).value();
    d.counts().value();
    d.timecodes_to_finalize().value();
    d.close();
    sqlite3* connection = nullptr;
    BOOST_REQUIRE(sqlite3_open(d.path().c_str(), &connection) == SQLITE_OK);
    std::set<std::string> used;
    for (const auto& sql : ear->statements) {
        if (!reads_or_writes(sql)) continue;
        for (const auto& line : plan_of(connection, sql)) {
            BOOST_TEST(line.find("TEMP B-TREE") == std::string::npos, sql << "\n" << line);
            const auto at = line.find("INDEX suprsync_");
            if (at == std::string::npos) continue;
            used.insert(line.substr(at + 6, line.find(' ', at + 6) - at - 6));
        }
    }
    sqlite3_close(connection);
    for (const std::string index :
         {"suprsync_files_pending", "suprsync_files_deletable", "suprsync_files_unsettled",
          "suprsync_files_failed", "suprsync_files_remote", "suprsync_files_local",
          "suprsync_files_unsettled_name", "suprsync_timecodes_open", "suprsync_timecode_dirs"})
        BOOST_TEST(used.contains(index), index);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

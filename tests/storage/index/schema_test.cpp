// What the daemon does to a database that other programs share (spec, Shared tables): nothing that they could
// notice.
#include <sqlite3.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>

#include "storage/index/schema.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_schema)

namespace {

// Name, type, NOT NULL and place in the primary key of every column, in their order.
strings columns_of(foreign_writer& agent, const std::string& table) {
    strings columns;
    const auto from = " FROM pragma_table_info('" + table + "')";
    const auto count = agent.number("SELECT count(*)" + from);
    for (int i = 0; i < count; ++i)
        columns.push_back(agent.text("SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk" + from +
                                     " WHERE cid = " + std::to_string(i)));
    return columns;
}

std::string shared_objects(foreign_writer& agent) {
    return agent.text(
        R"(SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE type = 'table'
        AND name IN ('supersync_v0', 'timecode_dirs_v0') ORDER BY name))");
}

const strings file_columns = {"id INTEGER 1 1",
                              "local_path VARCHAR 1 0",
                              "local_md5sum VARCHAR 1 0",
                              "archive_name VARCHAR 1 0",
                              "remote_path VARCHAR 1 0",
                              "timestamp FLOAT 1 0",
                              "remote_md5sum VARCHAR 0 0",
                              "copied FLOAT 0 0",
                              "removed FLOAT 0 0",
                              "failed_copy_attempts INTEGER 0 0",
                              "deletable BOOLEAN 0 0",
                              "ignore BOOLEAN 0 0"};
const strings timecode_columns = {
    "id INTEGER 1 1",     "timecode INTEGER 1 0",  "archive_name VARCHAR 1 0",    "completed BOOLEAN 0 0",
    "synced BOOLEAN 0 0", "finalized BOOLEAN 0 0", "finalize_file_id INTEGER 0 0"};

}  // namespace

BOOST_AUTO_TEST_CASE(the_shared_tables_are_the_agents) {
    ready_database d;
    auto& agent = d.foreign();
    BOOST_TEST(columns_of(agent, "supersync_v0") == file_columns, boost::test_tools::per_element());
    BOOST_TEST(columns_of(agent, "timecode_dirs_v0") == timecode_columns, boost::test_tools::per_element());
    BOOST_TEST(
        agent.text(
            R"(SELECT "table" || ' ' || "from" || ' ' || "to" FROM pragma_foreign_key_list('timecode_dirs_v0'))") ==
        "supersync_v0 finalize_file_id id");

    // Made by us, they are word for word what the agent makes but for white space.
    open_database other;
    const auto words = [](std::string sql) {
        std::erase_if(sql, [](char c) { return c == ' ' || c == '\n' || c == '\t'; });
        return sql;
    };
    BOOST_TEST(words(shared_objects(agent)) == words(shared_objects(other.foreign())));
}

BOOST_AUTO_TEST_CASE(nothing_of_ours_is_unique_over_their_columns) {
    ready_database d;
    auto& agent = d.foreign();
    for (const std::string table : {"supersync_v0", "timecode_dirs_v0"})
        BOOST_TEST(agent.number("SELECT count(*) FROM pragma_index_list('" + table +
                                "') WHERE \"unique\" AND origin <> 'pk'") == 0);
    BOOST_TEST(agent.number(R"(SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'suprsync@_%' ESCAPE '@'
        AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name NOT IN ('supersync_v0', 'timecode_dirs_v0'))") ==
               0);
    // The same row twice is what writers do.
    BOOST_TEST(agent.insert({row_of(1), row_of(1)}).size() == 2);
    agent.insert_timecode(archive, {17000, true, true, false, std::nullopt});
    agent.insert_timecode(archive, {17000, true, true, false, std::nullopt});
    BOOST_TEST(d.counts().value().files == 2);
}

BOOST_AUTO_TEST_CASE(triggers_hold_nothing_that_could_raise_or_be_overridden) {
    ready_database d;
    auto& agent = d.foreign();
    BOOST_TEST(agent.number("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == 6);
    BOOST_TEST(agent.number(
                   R"(SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND (upper(sql) LIKE '%RAISE%'
        OR upper(sql) LIKE '% OR %' OR upper(sql) LIKE '%REPLACE%' OR upper(sql) LIKE '%BEFORE%'
        OR upper(sql) LIKE '%ON CONFLICT%'))") == 0);
    // What they write to has no constraint that two of their rows could break.
    BOOST_TEST(agent.number("SELECT count(*) FROM pragma_index_list('suprsync_changes')") == 0);
    BOOST_TEST(agent.number("SELECT count(*) FROM pragma_index_list('suprsync_timecode_changes')") == 0);
}

// Every conflict clause of a writer meets our triggers, on rows that are noted already and on new ones.
BOOST_AUTO_TEST_CASE(a_writers_own_conflict_clauses_do_not_fail_because_of_us) {
    for (const std::string clause : {"ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK"}) {
        ready_database d;
        auto& agent = d.foreign();
        agent.insert({row_of(1), row_of(2), verified(row_of(3))});
        agent.insert_timecode(archive, {17000, false, false, false, std::nullopt});
        for (const bool noted : {true, false}) {
            if (!noted) d.all_changes();
            const auto n = noted ? "10" : "20";
            agent.execute(
                "INSERT OR " + clause + " INTO supersync_v0 SELECT id + " + n +
                ", local_path || 'x' || id, local_md5sum, archive_name, remote_path, timestamp, NULL, NULL, NULL, 0, 1, 0 FROM supersync_v0 WHERE id < 3");
            agent.execute("UPDATE OR " + clause +
                          " supersync_v0 SET failed_copy_attempts = 1, local_md5sum = 'x' WHERE id <= 2");
            agent.execute("UPDATE OR " + clause + " supersync_v0 SET id = id + 100 WHERE id = " + n + " + 1");
            agent.execute("UPDATE OR " + clause + " timecode_dirs_v0 SET timecode = timecode + 1");
        }
        if (clause == "REPLACE") {
            agent.execute(
                "INSERT OR REPLACE INTO supersync_v0 SELECT 1, '/data/other', 'm', 'data', '17005/x/y', 5, NULL, NULL, NULL, 0, 1, 0");
            agent.execute(
                R"(REPLACE INTO supersync_v0 (id, local_path, local_md5sum, archive_name,
                remote_path, timestamp) VALUES (3, '/data/3', '', 'data', '17006/x', 6))");
            agent.execute("UPDATE OR REPLACE supersync_v0 SET id = 2 WHERE id = 111");
        }
        agent.execute("DELETE FROM supersync_v0 WHERE id = 12");
        agent.execute("PRAGMA recursive_triggers = ON");
        agent.execute("REPLACE INTO supersync_v0 SELECT * FROM supersync_v0");
        const auto files = agent.number("SELECT count(*) FROM supersync_v0");
        BOOST_TEST(d.counts().value().files == files, clause);
        BOOST_TEST(
            agent.number(
                "SELECT count(*) FROM suprsync_files AS f JOIN supersync_v0 AS s ON s.id = f.file_id") ==
            files);
        BOOST_TEST(d.counts().value().unsettled ==
                   agent.number("SELECT count(*) FROM supersync_v0 WHERE remote_md5sum IS NOT local_md5sum"));
        agent.execute("DELETE FROM supersync_v0");
        BOOST_TEST(d.counts().value().files == 0);
    }
}

BOOST_AUTO_TEST_CASE(null_columns_keep_the_local_file_and_copy_it) {
    ready_database d;
    auto& agent = d.foreign();
    agent.execute(
        R"(INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp)
        VALUES ('/data/1', 'm1', 'data', '17000/1', 1), ('/data/2', 'm2', 'data', '17000/2', 2))");
    agent.execute("UPDATE supersync_v0 SET remote_md5sum = 'm2' WHERE id = 2");
    BOOST_TEST(d.work_ids() == ids{1}, boost::test_tools::per_element());
    const auto row = d.row(1);
    BOOST_TEST(row.failed_copy_attempts == 0);
    BOOST_TEST(!row.deletable);
    BOOST_TEST(!row.ignore);
    BOOST_TEST(!row.removed.has_value());
    BOOST_TEST(d.load_deletable().value().empty());

    // They stay NULL where their value stays.
    d.record_verified({1});
    BOOST_TEST(
        agent.number(
            R"(SELECT count(*) FROM supersync_v0 WHERE failed_copy_attempts IS NULL AND deletable IS NULL AND "ignore" IS NULL)") ==
        2);
}

BOOST_AUTO_TEST_CASE(an_empty_sum_is_never_verified) {
    ready_database d;
    auto row = row_of(1);
    row.local_md5sum = "";
    row.remote_md5sum = "";
    const auto id = d.foreign().insert(row);
    BOOST_TEST(d.work_ids() == ids{id}, boost::test_tools::per_element());
    BOOST_TEST(d.counts().value().verified == 0);
    BOOST_TEST(d.load_deletable().value().empty());
    BOOST_TEST(!d.may_delete({d.row(id)}).value().at(0));
}

// The statements of the agent (socs, agents/suprsync) and of pysmurf-monitor after we had the database.
BOOST_AUTO_TEST_CASE(the_agent_goes_on_with_its_own_sql) {
    open_database d;
    auto& agent = d.foreign();
    agent.insert({verified(row_of(1)), row_of(2), failed(row_of(3)), ignored(row_of(4))});
    agent.insert_timecode(archive, {17000, true, true, true, std::nullopt});
    const auto before = shared_objects(agent);
    const auto rows = agent.rows();
    d.make_ready();
    BOOST_TEST(shared_objects(agent) == before);
    d.record_verified({2});
    d.close();

    agent.execute("PRAGMA foreign_keys = ON");
    agent.execute(
        R"(BEGIN; INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name,
        remote_path, timestamp, remote_md5sum, copied, removed, failed_copy_attempts, deletable, "ignore")
        VALUES ('/data/5', 'm', 'data', '17001/smurf/5', 1.5, NULL, NULL, NULL, 0, 1, 0); COMMIT)");
    agent.execute("UPDATE supersync_v0 SET remote_md5sum = 'm', copied = 2.5 WHERE supersync_v0.id = 5");
    agent.execute("UPDATE supersync_v0 SET removed = 3.5 WHERE id = 1");
    agent.execute(
        R"(INSERT INTO timecode_dirs_v0 (timecode,
        archive_name, completed, synced, finalized, finalize_file_id)
        VALUES (17001, 'data', 0, 0, 0, NULL))");
    agent.execute(
        "UPDATE timecode_dirs_v0 SET completed = 1, synced = 1, finalized = 1, finalize_file_id = 5 WHERE id = 2");
    BOOST_TEST(agent.text("PRAGMA integrity_check") == "ok");
    BOOST_TEST(agent.rows().size() == rows.size() + 1);
    BOOST_TEST(agent.row(3).failed_copy_attempts.value() == max_attempts);

    d.make_ready();
    const auto counts = d.counts().value();
    BOOST_TEST(counts.files == 5);
    BOOST_TEST(counts.verified == 3);
    BOOST_TEST(counts.removed == 1);
}

BOOST_AUTO_TEST_CASE(every_commit_is_on_the_disk_before_it_is_answered) {
    scratch_directory scratch;
    sqlite_connection connection(std::make_unique<SQLite::Database>(
        (scratch / "db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE));
    BOOST_TEST(install_schema(connection).size() == 36);
    constexpr int full = 2;
    BOOST_TEST(connection.number("PRAGMA synchronous") == full);
    BOOST_TEST(connection.database().execAndGet("PRAGMA journal_mode").getString() == "wal");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

// The first start on a database that others have filled (spec, Shared tables): indexed a short transaction at
// a time, while they go on writing, and correct right after.
#include "storage/index/backfill.hpp"

#include <time.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "storage/index/schema.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_first_index)

namespace {

// Every seventh row ignored, every eleventh failed, every thirteenth pending; the rest is verified.
catalog_row varied(int n) {
    const auto row = row_of(n, n % 3 == 0 ? "other" : archive, 17000 + n / 1000);
    if (n % 7 == 0) return ignored(row);
    if (n % 11 == 0) return failed(row);
    return n % 13 == 0 ? row : verified(row);
}

void fill(foreign_writer& agent, int count) {
    std::vector<catalog_row> rows;
    for (int n = 0; n < count; ++n) rows.push_back(varied(n));
    agent.insert(rows);
}

// A daemon's first index, with the shortest steps that there are.
struct indexer {
    sqlite_connection connection;
    std::string uuid;

    explicit indexer(const std::filesystem::path& path)
        : connection(std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE)),
          uuid(install_schema(connection)) {}
    bool step() { return index_some(connection, std::chrono::seconds(0)).done; }
};

// Seconds that this thread has worked: what other programs of a busy machine do meanwhile does not count.
double thread_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void check_counts(open_database& d) {
    for (const std::string name : {archive, "other"}) {
        const auto counts = d.counts(name).value();
        const auto count = [&](const std::string& where) {
            return d.foreign().number("SELECT count(*) FROM supersync_v0 WHERE archive_name = '" + name +
                                      "' AND " + where);
        };
        const std::string open = "NOT coalesce(\"ignore\", 0) AND remote_md5sum IS NOT local_md5sum";
        BOOST_TEST(counts.files == count("1"));
        BOOST_TEST(counts.ignored == count("\"ignore\""));
        BOOST_TEST(counts.unsettled == count(open));
        BOOST_TEST(counts.failed == count(open + " AND failed_copy_attempts >= 5"));
        BOOST_TEST(counts.verified == count("NOT coalesce(\"ignore\", 0) AND remote_md5sum = local_md5sum"));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(no_lock_is_held_for_long) {
    constexpr double limit = 0.25;  // s, spec, Shared tables
    const auto longest = std::make_shared<double>(0);
    open_database d;
    fill(d.foreign(), 20'000);
    d.options.echo = [longest, begun = 0.0](const std::string& sql) mutable {
        if (begun > 0) *longest = std::max(*longest, thread_time() - begun);
        if (sql == "BEGIN IMMEDIATE") begun = thread_time();
        if (sql == "COMMIT") begun = 0;
    };
    d.open().value();
    int steps = 0;
    std::int64_t last = 0;
    preparation at;
    while (!at.done) {
        at = d.prepare_step().value();
        ++steps;
        BOOST_TEST(at.rows_done >= last);
        BOOST_TEST(at.rows_done <= at.rows_total);
        last = at.rows_done;
    }
    BOOST_TEST(last == 20'000);
    BOOST_TEST(steps > 3);
    d.serve().value();
    d.serve("other").value();
    check_counts(d);
    d.close();
    BOOST_TEST(*longest > 0);
    BOOST_TEST(*longest < limit);
}

BOOST_AUTO_TEST_CASE(what_others_write_in_between_is_taken_in) {
    open_database d;
    auto& agent = d.foreign();
    fill(agent, 2000);
    indexer index(d.path());
    int steps = 0;
    while (!index.step()) {
        const auto n = std::to_string(++steps);
        // Before, at and behind where the index is.
        agent.execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id % 100 = " + n);
        agent.execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id % 100 = 50 + " + n);
        agent.execute("DELETE FROM supersync_v0 WHERE id % 500 = 200 + " + n);
        agent.execute("UPDATE supersync_v0 SET archive_name = 'other' WHERE id % 500 = 300 + " + n);
        agent.insert(varied(100'000 + steps));
    }
    BOOST_TEST(steps >= 40);
    d.make_ready();
    d.serve("other").value();
    check_counts(d);
    BOOST_TEST(agent.number("SELECT count(*) FROM suprsync_files") ==
               agent.number("SELECT count(*) FROM supersync_v0"));
    const auto pending = d.counts().value().unsettled - d.counts().value().failed;
    BOOST_TEST(d.work_ids().size() == static_cast<std::size_t>(pending));
}

BOOST_AUTO_TEST_CASE(an_interrupted_index_is_gone_on_with) {
    open_database d;
    fill(d.foreign(), 1000);
    int runs = 0;
    for (bool done = false; !done; ++runs) {
        done = indexer(d.path()).step();
        if (runs == 2) d.foreign().insert(varied(9000));
    }
    BOOST_TEST(runs >= 20);
    // Done once, it is done.
    d.open().value();
    BOOST_TEST(d.prepare_step().value().done);
    d.serve().value();
    d.serve("other").value();
    check_counts(d);
}

BOOST_AUTO_TEST_CASE(two_daemons_that_start_at_once_share_the_index) {
    open_database d, other;
    fill(d.foreign(), 1000);
    {
        indexer one(d.path()), two(d.path());
        BOOST_TEST(one.uuid == two.uuid);
        bool one_done = false, two_done = false;
        while (!one_done || !two_done) {
            one_done = one.step();
            two_done = two.step();
        }
    }
    other.options.path = d.path();
    d.make_ready();
    other.make_ready();
    other.serve("other").value();
    check_counts(d);
    check_counts(other);
}

BOOST_AUTO_TEST_CASE(finalized_directories_stay_so) {
    open_database d;
    auto& agent = d.foreign();
    agent.insert({verified(row_of(1, archive, 16998)), ignored(row_of(2, archive, 16998)),
                  verified(row_of(3, archive, 16999)), row_of(4, archive, 16999), row_of(5, "other", 16998),
                  verified(row_of(6, archive, 17000))});
    for (const int timecode : {16998, 16999})
        agent.insert_timecode(archive, {timecode, true, true, true, std::nullopt});
    agent.insert_timecode(archive, {17000, true, true, false, std::nullopt});
    d.make_ready();
    const auto open = d.timecodes_to_finalize().value().directories;
    BOOST_TEST(open.size() == 2);
    BOOST_TEST(open.at(0).timecode == 16999);  // an unsettled file is late
    BOOST_TEST(open.at(0).revision == 1);
    BOOST_TEST(open.at(1).timecode == 17000);
    BOOST_TEST(open.at(1).revision == 0);
    BOOST_TEST(d.timecodes_to_finalize("other").value().directories.size() == 1);
    const auto shared = agent.timecodes(archive);
    BOOST_TEST(shared.at(0).finalized);
    BOOST_TEST(!shared.at(1).finalized);
    const auto changes = d.all_changes();
    BOOST_TEST(changes.archives.at(archive).late == ids{4}, boost::test_tools::per_element());
    BOOST_TEST(changes.archives.at(archive).registered == 0);  // they were there before

    // What is registered from now on is late, settled or not.
    const auto late = agent.insert(verified(row_of(7, archive, 16998)));
    BOOST_TEST(d.all_changes().archives.at(archive).late == ids{late}, boost::test_tools::per_element());
}

// Somebody dropped our triggers, or wrote with a program that rebuilt the table.
BOOST_AUTO_TEST_CASE(what_was_not_noted_is_found_by_indexing_anew) {
    open_database d;
    auto& agent = d.foreign();
    fill(agent, 300);
    agent.insert_timecode(archive, {17000, true, true, true, std::nullopt});
    d.make_ready();
    const auto uuid = d.catalog().uuid();
    d.record_verified({14});
    d.close();
    agent.execute("DROP TRIGGER suprsync_file_updated; DROP TRIGGER suprsync_file_deleted");
    agent.execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id % 5 = 0");
    agent.execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id % 9 = 0");
    agent.execute("DELETE FROM supersync_v0 WHERE id % 8 = 0 OR id = 300");
    d.make_ready();
    d.serve("other").value();
    check_counts(d);
    BOOST_TEST(agent.number("SELECT count(*) FROM suprsync_files") ==
               agent.number("SELECT count(*) FROM supersync_v0"));
    BOOST_TEST(d.catalog().uuid() == uuid);
    BOOST_TEST(agent.number("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") == 6);
}

BOOST_AUTO_TEST_CASE(rows_with_ids_of_any_sign_are_indexed) {
    open_database d;
    auto& agent = d.foreign();
    for (const std::int64_t id : {std::int64_t{-7}, std::int64_t{1} << 62}) {
        auto row = row_of(static_cast<int>(id % 100));
        row.id = id;
        agent.insert(row);
    }
    agent.execute(
        R"(INSERT INTO supersync_v0 (id, local_path, local_md5sum, archive_name, remote_path, timestamp)
        VALUES (0, '/0', '', 'data', '17000/0', 5))");
    d.make_ready();
    BOOST_TEST(d.counts().value().files == 3);
    BOOST_TEST(d.work().items.size() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

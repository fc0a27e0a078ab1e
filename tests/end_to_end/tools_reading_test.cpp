// Tools that read: they change nothing, they need no more than to be let read, and they show what is there
// whether a daemon is at work or not.
#include <sys/stat.h>

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/end_to_end/tool.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(tools_reading)

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A catalog that nobody has open, in a directory of its own.
struct closed_catalog : site {
    tool t{*this};
    const fs::path place = scratch / "catalog";
    const fs::path file = place / "suprsync.db";
    const std::string path = (data / "a").string();

    closed_catalog() {
        fs::create_directory(place);
        t.environment["SUPRSYNC_DB"] = file.string();
        foreign_writer writer(file);
        writer.create_tables();
        writer.insert(row_of("a"));
    }
    catalog_row row_of(const std::string& name) const {
        catalog_row row;
        row.local_path = (data / name).string();
        row.remote_path = "17000/" + name;
        row.archive_name = archive;
        row.timestamp = 1'600'000'000;
        return row;
    }
    std::vector<tool::arguments> questions() const {
        return {{"list", archive, "--all"},
                {"next", archive},
                {"timecodes", archive},
                {"check", path},
                {"explain", path}};
    }
    // What lies there: names, modes, times of change and contents.
    std::map<std::string, std::string> state() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::directory_iterator(place)) {
            struct ::stat seen{};
            BOOST_REQUIRE(::stat(entry.path().c_str(), &seen) == 0);
            all[entry.path().filename()] = std::to_string(seen.st_mode) + " " +
                                           std::to_string(seen.st_ctim.tv_sec) + "." +
                                           std::to_string(seen.st_ctim.tv_nsec) + read_file(entry.path());
        }
        return all;
    }
    std::size_t listed() const {
        return t.run({"list", archive, "--all", "--json"}).json().as_array().size();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(they_leave_everything_as_it_was, closed_catalog) {
    t.prepare_catalog();
    BOOST_TEST(fs::exists(file));
    BOOST_TEST(!fs::exists(file.string() + "-wal"));
    auto before = state();
    for (const auto& words : questions()) {
        const auto said = t.run(words);
        BOOST_TEST(said.exit == exited_with(0), said.err);
        BOOST_TEST(holds(said.out, "17000"), said.out);
        BOOST_TEST((state() == before), words.front());
    }
    BOOST_TEST(t.run({"history", archive}).exit == exited_with(0));
    BOOST_TEST((state() == before));
    // Also where other programs have changed rows that no daemon has seen yet.
    {
        foreign_writer writer(file);
        writer.insert(row_of("b"));
        writer.execute("DELETE FROM supersync_v0 WHERE id = 1");
        writer.insert(row_of("c"));
    }
    before = state();
    BOOST_TEST(listed() == 2U);
    BOOST_TEST(holds(t.run({"timecodes", archive}).out, "17000\topen\t2\t2\t"));
    BOOST_TEST(t.run({"explain", path}).exit == exited_with(1));
    BOOST_TEST(t.run({"next", archive, "--json"}).json().as_array().size() == 1U);
    BOOST_TEST((state() == before));
    BOOST_TEST(foreign_writer(file).number("SELECT count(*) FROM suprsync_changes") == 3);
}

BOOST_FIXTURE_TEST_CASE(a_catalog_that_no_daemon_has_prepared_stays_so, closed_catalog) {
    const auto before = state();
    for (const auto& words : questions()) {
        const auto said = t.run(words);
        BOOST_TEST(said.exit == exited_with(1), words.front());
        BOOST_TEST(said.out == "");
        BOOST_TEST(holds(said.err, "no daemon has prepared it yet"), said.err);
        BOOST_TEST(holds(said.err, "systemctl start suprsync"), said.err);
        BOOST_TEST((state() == before), words.front());
    }
    t.prepare_catalog();
    BOOST_TEST(listed() == 1U);
    foreign_writer(file).execute("DROP TABLE suprsync_files");
    BOOST_TEST(holds(t.run({"list", archive}).err, "another program dropped or changed tables in it: start"));
}

BOOST_FIXTURE_TEST_CASE(too_many_rows_to_take_changes_in_are_left_to_a_daemon, closed_catalog) {
    t.prepare_catalog();
    {
        foreign_writer writer(file);
        writer.execute(
            R"(WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 501000)
            INSERT INTO suprsync_files (file_id, archive_id, state, lane, due, timecode, remote_key, local_key, timestamp)
            SELECT i, 1, 5, 1, 0, -1, i, i, 0 FROM n)");
    }
    BOOST_TEST(t.run({"list", archive}).exit == exited_with(0));
    foreign_writer(file).insert(row_of("b"));
    const auto said = t.run({"list", archive});
    BOOST_TEST(said.exit == exited_with(1));
    BOOST_TEST(holds(said.err, "it is too large to take them in for one answer: start its daemon"), said.err);
}

BOOST_FIXTURE_TEST_CASE(while_a_daemon_is_at_work_they_show_what_was_just_changed, closed_catalog) {
    options["--db-path"] = file.string();
    start();
    foreign_writer writer(file);
    for (std::size_t rows = 2; rows < 12; ++rows) {
        writer.insert(row_of("x" + std::to_string(rows)));
        BOOST_TEST(listed() == rows);
    }
}

// What SQLite would recover, and so write, is for the next daemon.
BOOST_FIXTURE_TEST_CASE(a_log_that_has_lost_its_index_is_left_alone, closed_catalog) {
    options["--db-path"] = file.string();
    start();
    foreign_writer(file).insert(row_of("b"));
    kill();
    BOOST_TEST(listed() == 2U);  // with its index it can be read
    fs::remove(file.string() + "-shm");
    const auto before = state();
    const auto said = t.run({"list", archive});
    BOOST_TEST(said.exit == exited_with(1));
    BOOST_TEST(holds(said.err, "its last user did not end, and recovering it would change it"), said.err);
    BOOST_TEST((state() == before));
}

BOOST_FIXTURE_TEST_CASE(an_account_that_may_only_read_is_enough, closed_catalog,
                        *only_root_can("ask as another account")) {
    fs::permissions(scratch.path(), fs::perms(0755));
    t.prepare_catalog();
    t.run_as_nobody();
    const auto fine = [&](std::size_t rows) {
        for (const auto& words : questions())
            BOOST_TEST(t.run(words).exit == exited_with(0), t.run(words).err);
        BOOST_TEST(listed() == rows);
    };
    fine(1);
    options["--db-path"] = file.string();
    start();
    fine(1);
    foreign_writer(file).insert(row_of("b"));
    fine(2);
    kill();
    fine(2);
    start();
    stop();
    fine(2);

    // It is told what it may not, and what to do.
    const auto refused = [&](const char* because) {
        const auto said = t.run({"list", archive});
        BOOST_TEST(said.exit == exited_with(1));
        BOOST_TEST(holds(said.err, because), said.err);
    };
    BOOST_TEST(t.run({"ignore", "1"}).exit == exited_with(1));
    fs::permissions(file, fs::perms(0640));
    refused("nobody may not read");
    refused("sudo -u root suprsync");
    fs::permissions(file, fs::perms(0644));
    fs::permissions(place, fs::perms(0700));
    refused("nobody may not enter its directory");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

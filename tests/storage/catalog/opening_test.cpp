// Opening a catalog: what is no catalog is refused in words that help, and stays as it was.

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/support/files.hpp"
#include "tests/support/storage/open_database.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_opening)

namespace {

std::string refusal(open_database& d) {
    auto opened = d.open();
    if (opened) return "opened";
    return std::string(name_of(opened.error().code)) + ": " + opened.error().text();
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

strings names_in(const fs::path& directory) {
    strings names;
    for (const auto& entry : fs::directory_iterator(directory)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_missing_file_is_made_unless_it_must_exist) {
    open_database d;
    d.options.must_exist = true;
    const auto said = refusal(d);
    BOOST_TEST(said == "not_found: cannot open the catalog " + d.path().string() + ": there is no such file");
    BOOST_TEST(!fs::exists(d.path()));
    d.options.must_exist = false;
    d.make_ready();
    BOOST_TEST(fs::exists(d.path()));
}

BOOST_AUTO_TEST_CASE(a_missing_directory_is_named) {
    open_database d;
    d.options.path = d.scratch / "none" / "suprsync.db";
    const auto said = refusal(d);
    BOOST_TEST(said.starts_with("io: "), said);
    BOOST_TEST(holds(said, (d.scratch / "none").string()), said);
    BOOST_TEST(!fs::exists(d.scratch / "none"));
    d.options.path = d.scratch.path();
    BOOST_TEST(holds(refusal(d), "it is not a regular file"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_database_stays_as_it_is) {
    open_database d;
    const auto text = random_content(5000, 1);
    write_file(d.path(), text);
    const auto said = refusal(d);
    BOOST_TEST(said.starts_with("not_a_catalog: "), said);
    BOOST_TEST(holds(said, "the file is not a SQLite database"), said);
    BOOST_TEST((read_file(d.path()) == text));
    BOOST_TEST(names_in(d.scratch.path()) == strings{"suprsync.db"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_file_becomes_a_catalog) {
    open_database d;
    write_file(d.path(), "");
    d.make_ready();
    BOOST_TEST(d.counts().value().files == 0);
}

BOOST_AUTO_TEST_CASE(another_schema_is_judged_by_its_column_names) {
    open_database d;
    {
        foreign_writer other(d.path());
        other.execute(
            R"(CREATE TABLE supersync_v0 (id INTEGER PRIMARY KEY, local_path VARCHAR, local_md5sum VARCHAR,
            archive_name VARCHAR, remote_path VARCHAR, timestamp FLOAT, remote_md5sum VARCHAR,
            copied FLOAT, removed FLOAT, failed_copy_attempts INTEGER, size INTEGER))");
        other.execute("INSERT INTO supersync_v0 (id) VALUES (1)");
    }
    const auto content = read_file(d.path());
    const auto said = refusal(d);
    BOOST_TEST(said.starts_with("not_a_catalog: "), said);
    BOOST_TEST(
        holds(said, "supersync_v0 lacks the columns deletable, ignore and has the unexpected columns size"),
        said);
    BOOST_TEST((read_file(d.path()) == content));
    BOOST_TEST(names_in(d.scratch.path()) == strings{"suprsync.db"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_table_of_timecodes_is_refused) {
    open_database d;
    foreign_writer(d.path()).execute("CREATE TABLE timecode_dirs_v0 (id INTEGER, timecode INTEGER)");
    const auto said = refusal(d);
    BOOST_TEST(holds(said, "timecode_dirs_v0 lacks the columns archive_name, completed"), said);
    BOOST_TEST(foreign_writer(d.path()).number("SELECT count(*) FROM sqlite_master") == 1);
}

// Types, their order and constraints are the writers' own business.
BOOST_AUTO_TEST_CASE(the_columns_may_be_declared_otherwise) {
    open_database d;
    {
        foreign_writer other(d.path());
        other.execute(
            R"(CREATE TABLE supersync_v0 ("ignore" INT CHECK ("ignore" IN (0, 1)), timestamp REAL,
            id INTEGER PRIMARY KEY AUTOINCREMENT, local_path TEXT, local_md5sum TEXT, archive_name TEXT,
            remote_path TEXT, remote_md5sum TEXT, copied REAL, removed REAL,
            failed_copy_attempts INT, deletable INT))");
    }
    d.make_ready();
    const auto id = d.foreign().insert(row_of(1));
    BOOST_TEST(d.work_ids() == ids{id}, boost::test_tools::per_element());
    d.record_verified({id});
    BOOST_TEST(d.foreign().row(id).verified());
    BOOST_TEST(d.add({registration_of(row_of(2))}).value().at(0).file.row.id == 2);
}

BOOST_AUTO_TEST_CASE(side_tables_of_a_later_version_are_left_alone) {
    open_database d;
    d.make_ready();
    d.close();
    d.foreign().execute("UPDATE suprsync_meta SET value = '99' WHERE key = 'version'");
    const auto said = refusal(d);
    BOOST_TEST(said.starts_with("not_a_catalog: "), said);
    BOOST_TEST(holds(said, "its side tables have version 99, this program knows version "), said);
}

BOOST_AUTO_TEST_CASE(a_database_that_is_locked_exclusively_is_told) {
    open_database d;
    d.make_ready();
    d.close();
    foreign_writer other(d.path());
    other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    const auto said = refusal(d);
    BOOST_TEST(said.starts_with("locked: "), said);
    BOOST_TEST(holds(said, "fuser -v " + d.path().string()), said);
    other.execute("ROLLBACK");
}

BOOST_AUTO_TEST_CASE(the_uuid_is_the_catalogs_own_for_ever) {
    open_database one, other;
    one.open().value();
    BOOST_TEST(one.catalog().uuid().empty());
    one.make_ready();
    other.make_ready();
    const auto uuid = one.catalog().uuid();
    BOOST_TEST(uuid.size() == 36);
    BOOST_TEST(uuid != other.catalog().uuid());
    one.close();
    one.make_ready();
    BOOST_TEST(one.catalog().uuid() == uuid);
}

BOOST_AUTO_TEST_CASE(statements_are_echoed_on_one_line_with_their_values) {
    open_database d;
    auto echoed = std::make_shared<strings>();
    d.options.echo = [echoed](const std::string& sql) { echoed->push_back(sql); };
    d.make_ready();
    auto odd = registration_of(row_of(78));
    odd.local_path = "/data/it's\n  odd";
    d.add({registration_of(row_of(77)), odd}).value();
    d.close();
    BOOST_TEST(std::count_if(echoed->begin(), echoed->end(), [](const std::string& sql) {
                   return sql.starts_with("INSERT INTO supersync_v0") && holds(sql, "'/data/77'");
               }) == 1);
    BOOST_TEST(std::count_if(echoed->begin(), echoed->end(), [](const std::string& sql) {
                   return sql.starts_with("INSERT INTO supersync_v0 (local_path, local_md5sum, ") &&
                          holds(sql, "'/data/it''s\n  odd', ") && holds(sql, ") VALUES (");
               }) == 1);
    BOOST_TEST(std::any_of(echoed->begin(), echoed->end(),
                           [](const std::string& sql) { return sql.starts_with("-- "); }));
}

// Root may write everything: the answer of an ordinary user is given by a child process.
BOOST_AUTO_TEST_CASE(what_may_not_be_written_is_refused) {
    open_database d;
    d.make_ready();
    d.close();
    fs::permissions(d.scratch.path(), fs::perms(0755));
    fs::permissions(d.path(), fs::perms(0444));
    scratch_directory answers;
    fs::permissions(answers.path(), fs::perms(0777));
    const auto as_nobody = [&](const fs::path& path) {
        const auto answer = answers / "answer";
        write_file(answer, "");
        fs::permissions(answer, fs::perms(0666));
        const auto child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            std::string said = "cannot change the user";
            if (::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0)) {
                open_database other;
                other.options.path = path;
                said = refusal(other);
            }
            std::ofstream(answer) << said;
            ::_exit(0);
        }
        int status = 0;
        BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
        return read_file(answer);
    };
    auto said = as_nobody(d.path());
    BOOST_TEST(said.starts_with("not_permitted: "), said);
    BOOST_TEST(holds(said, "readable and writable for this user"), said);
    fs::permissions(d.path(), fs::perms(0666));
    said = as_nobody(d.path());
    BOOST_TEST(said.starts_with("not_permitted: "), said);
    BOOST_TEST(holds(said, "its directory " + d.scratch.path().string() + " must be writable"), said);
    fs::permissions(d.scratch.path(), fs::perms(0600));
    BOOST_TEST(as_nobody(d.path()).starts_with("not_permitted: "));
    fs::permissions(d.scratch.path(), fs::perms(0755));
    d.make_ready();
    BOOST_TEST(d.counts().value().files == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

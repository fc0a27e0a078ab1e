// Side tables of other versions: those of version 4 are brought up to date, those of a newer minor are worked
// on as they are, and those of another major are refused with the command that goes back.
#include <boost/test/unit_test.hpp>

#include "storage/index/rebuild.hpp"
#include "storage/index/side_tables.hpp"
#include "storage/sqlite/archive_lock.hpp"
#include "tests/storage/index/recount.hpp"
#include "tests/storage/index/version_4.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_side_versions)

namespace {

// A catalog with rows in every state, with bytes, attempts, pauses and a finalized day.
struct versioned_database : open_database {
    void work() {
        std::vector<registration> files;
        for (int n = 0; n < 300; ++n) {
            files.push_back(registration_of(row_of(n, n % 3 ? archive : "other", 17000 + n / 100)));
            files.back().size = static_cast<std::uint64_t>(10 * n);
        }
        add(files).value();
        foreign().execute(
            "UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id <= 100 OR id % 5 = 1");
        foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id % 5 = 0");
        foreign().execute("UPDATE supersync_v0 SET removed = 5 WHERE id % 10 = 1");
        foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = 9 WHERE id % 5 = 2 AND id > 100");
        foreign().execute("UPDATE supersync_v0 SET deletable = 0 WHERE id % 20 = 6");
        all_changes();
        finalize(17000, early);
        file_outcome outcome;
        outcome.seen = row(114);
        outcome.error = "checksums differ";
        outcome.next_attempt = later - 5;
        outcome.attempts_lost = 1;
        record({outcome}).value();
        set_paused(true, "a reason").value();
    }
    void check() {
        serve("other").value();
        check_against_recount(*this, {{archive, max_attempts}, {"other", max_attempts}});
        BOOST_TEST(view(114).last_error.value() == "checksums differ");
        BOOST_TEST(view(114).next_attempt_at.value() == later - 5);
        BOOST_TEST(memory().value().paused);
    }
    std::string version() { return foreign().text("SELECT value FROM suprsync_meta WHERE key = 'version'"); }
    void set_version(const std::string& text) {
        foreign().execute("UPDATE suprsync_meta SET value = '" + text + "' WHERE key = 'version'");
    }
    std::string refusal() {
        auto opened = open();
        return opened ? "opened" : std::string(name_of(opened.error().code)) + ": " + opened.error().detail;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(version_4_is_brought_up_to_date_without_indexing_anew, versioned_database) {
    make_ready();
    work();
    const auto uuid = catalog().uuid();
    close();
    take_back_to_version_4(path());
    foreign().insert(row_of(900, archive, 17001));
    open().value();
    // What changed in between is taken in, and nothing else.
    BOOST_TEST(prepare_step().value().done);
    serve().value();
    check();
    BOOST_TEST(catalog().uuid() == uuid);
    BOOST_TEST(version() == our_side_version.text());
    BOOST_TEST(foreign().number(
                   "SELECT count(*) FROM pragma_table_info('suprsync_archives') WHERE name LIKE 'bytes%'") ==
               0);
}

BOOST_FIXTURE_TEST_CASE(version_4_stays_while_a_daemon_works_on_an_archive, versioned_database) {
    make_ready();
    work();
    close();
    take_back_to_version_4(path());
    {
        const auto of_a_daemon = archive_lock::take(path(), archive, "its instance").value();
        const auto refused = refusal();
        for (const auto* said : {"held: ", "version 4", "instance its instance", "restart it"})
            BOOST_TEST(refused.find(said) != std::string::npos, refused);
        BOOST_TEST(version() == "4");
    }
    open().value();
    BOOST_TEST(version() == our_side_version.text());
}

BOOST_FIXTURE_TEST_CASE(version_4_in_the_midst_of_its_first_index_is_indexed_anew, versioned_database) {
    make_ready();
    work();
    close();
    take_back_to_version_4(path());
    // As it stood: bytes of what had not had its turn were not counted.
    foreign().execute("UPDATE suprsync_indexing SET indexed_to = 40, rows_done = 40, index_end = 300");
    foreign().execute("UPDATE suprsync_archives SET bytes_verified = bytes_verified - 90");
    make_ready();
    check();
}

BOOST_FIXTURE_TEST_CASE(version_4_without_its_triggers_is_indexed_anew, versioned_database) {
    make_ready();
    work();
    close();
    take_back_to_version_4(path());
    foreign().execute("DROP TRIGGER suprsync_file_updated");
    foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id > 250");
    make_ready();
    check();
}

BOOST_FIXTURE_TEST_CASE(a_newer_minor_is_worked_on_and_keeps_its_number, versioned_database) {
    make_ready();
    close();
    const auto newer = std::to_string(our_side_version.major_number) + "." +
                       std::to_string(our_side_version.minor_number + 7);
    set_version(newer);
    for (const std::string table :
         {"meta", "archives", "counts", "files", "notes", "timecodes", "blocks", "notices", "indexing"})
        foreign().execute("ALTER TABLE suprsync_" + table + " ADD COLUMN news INTEGER NOT NULL DEFAULT 3");
    foreign().execute("CREATE TABLE suprsync_news (id INTEGER PRIMARY KEY)");
    make_ready();
    work();
    check();
    close();
    // Also where everything is made anew.
    foreign().execute("DROP TRIGGER suprsync_file_deleted");
    make_ready();
    check();
    BOOST_TEST(version() == newer);
    BOOST_TEST(foreign().number("SELECT count(*) FROM sqlite_master WHERE name = 'suprsync_news'") == 1);
}

// Until 5.6 a removal was noted without what tells the file.
BOOST_FIXTURE_TEST_CASE(a_removal_that_an_earlier_minor_noted_is_kept_as_it_was_noted, versioned_database) {
    make_ready();
    close();
    const auto take_back_to_5_6 = [this] {
        foreign().execute(
            R"(DROP TABLE suprsync_removals;
            CREATE TABLE suprsync_removals (
            file_id INTEGER PRIMARY KEY, archive TEXT NOT NULL, local_path TEXT NOT NULL);
            INSERT INTO suprsync_removals (file_id, archive, local_path) VALUES (7, 'data', '/data/7'))");
        set_version("5.6");
    };
    const auto check_noted = [this] {
        make_ready();
        const auto begun = ask(catalog().begun_removals(archive)).value();
        BOOST_REQUIRE(begun.size() == 1U);
        BOOST_TEST(begun[0].row.id == 7);
        BOOST_TEST(!begun[0].file.has_value());
        BOOST_TEST(version() == our_side_version.text());
        close();
    };
    take_back_to_5_6();
    check_noted();
    // Also where everything is made anew, at once or after a mending.
    take_back_to_5_6();
    BOOST_TEST(rebuild_side_tables(path(), "doctor", nullptr).value().lost.empty());
    check_noted();
    take_back_to_5_6();
    foreign().execute("INSERT INTO suprsync_meta VALUES ('rebuild', 'mend')");
    check_noted();
}

// Until 5.9 a check of copies was kept without figures.
BOOST_FIXTURE_TEST_CASE(copies_that_an_earlier_minor_found_doubtful_stay_so, versioned_database) {
    make_ready();
    work();
    close();
    set_version("5.10");
    foreign().execute("DROP TABLE suprsync_unproved");
    foreign().execute("CREATE TABLE suprsync_unproved (file_id INTEGER PRIMARY KEY, archive TEXT NOT NULL)");
    foreign().execute("INSERT INTO suprsync_unproved VALUES (1, '" + std::string(archive) + "')");
    foreign().execute("DROP TABLE suprsync_unsynced");
    foreign().execute("DROP TABLE suprsync_boots");
    make_ready();
    BOOST_TEST(memory().value().unproved);
    const auto copies = ask(catalog().load_unproved(archive, 0, 10)).value();
    BOOST_REQUIRE(copies.files.size() == 1U);
    BOOST_TEST(copies.files[0].row.id == 1);
    BOOST_TEST(copies.after_new_start.empty());
    BOOST_TEST(ask(catalog().meet_boot(archive, "a start", 0)).value() == 0);
}

BOOST_FIXTURE_TEST_CASE(how_far_a_check_of_an_earlier_minor_has_come_is_kept, versioned_database) {
    make_ready();
    close();
    const auto take_back_to_5_9 = [this] {
        foreign().execute(
            R"(DROP TABLE suprsync_scrubs;
            CREATE TABLE suprsync_scrubs (
            archive TEXT PRIMARY KEY, begun REAL NOT NULL, reached INTEGER NOT NULL, last INTEGER NOT NULL,
            is_over INTEGER NOT NULL, proven_since REAL NOT NULL) WITHOUT ROWID;
            INSERT INTO suprsync_scrubs VALUES ('data', 5, 6, 7, 0, 4))");
        set_version("5.9");
    };
    const scrub_state kept{5, 6, 7, false, 4};
    for (const bool rebuilt : {false, true}) {
        take_back_to_5_9();
        if (rebuilt) BOOST_TEST(rebuild_side_tables(path(), "doctor", nullptr).value().lost.empty());
        make_ready();
        BOOST_TEST((ask(catalog().recall_scrub(archive)).value().state == kept));
        BOOST_TEST(version() == our_side_version.text());
        close();
    }
}

BOOST_FIXTURE_TEST_CASE(another_major_is_refused_with_the_command_that_goes_back, versioned_database) {
    make_ready();
    close();
    for (const std::string other : {"6.0", "6.3", "99", "3", "1", "0.0", "x", "5.x", "-5"}) {
        set_version(other);
        const auto said = refusal();
        BOOST_TEST(said.starts_with("not_a_catalog: its side tables have version " + other + ", "), said);
        BOOST_TEST(said.find("suprsync doctor --rebuild-side-tables") != std::string::npos, said);
        BOOST_TEST(version() == other);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

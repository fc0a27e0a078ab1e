// The catalog that is open is the one at its path, or nothing is asked of it (spec, The catalog that is
// meant).
#include <boost/test/unit_test.hpp>
#include <functional>

#include "storage/sqlite/archive_lock.hpp"
#include "tests/support/storage/open_database.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(replaced_catalogs)

namespace {

// The catalog in a directory of its own, with one row; `elsewhere` is where it may be moved to.
struct movable : open_database {
    movable() {
        options.path = scratch / "db" / "suprsync.db";
        fs::create_directory(scratch / "db");
        make_ready();
        add({registration_of(row_of(1))}).value();
    }
    fs::path elsewhere() const { return scratch / "elsewhere.db"; }
    fs::path beside(const std::string& suffix) const { return path().string() + suffix; }
    void move_away() { fs::rename(path(), elsewhere()); }
    void remove_log() {
        for (const auto* suffix : {"-wal", "-shm"}) fs::remove(beside(suffix));
    }
    /// Another catalog, with the rows of these numbers, takes the place of the database.
    void replace_database(const std::vector<int>& numbers) {
        const auto made = scratch / "made.db";
        {
            foreign_writer other(made);
            other.create_tables();
            for (const int n : numbers) other.insert(row_of(n));
        }
        fs::rename(made, path());
    }
    void replace(const std::vector<int>& numbers) {
        remove_log();
        replace_database(numbers);
    }
    failure_code code_of_add() {
        const auto added = add({registration_of(row_of(2))});
        return added ? failure_code::io : added.error().code;
    }
    result<void> reopen() { return ask(catalog().reopen()); }
    strings paths_of_work() {
        strings paths;
        for (const auto& item : work().items) paths.push_back(item.row.local_path);
        return paths;
    }
};

bool is_replaced(failure_code code) { return code == failure_code::replaced; }

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_answered_once_a_file_of_it_is_not_the_open_one) {
    const std::vector<std::pair<const char*, std::function<void(movable&)>>> ways = {
        {"removed", [](movable& d) { fs::remove(d.path()); }},
        {"moved", [](movable& d) { d.move_away(); }},
        {"replaced", [](movable& d) { d.replace({3}); }},
        {"replaced alone", [](movable& d) { d.replace_database({3}); }},
        {"log removed", [](movable& d) { fs::remove(d.beside("-wal")); }},
        {"index removed", [](movable& d) { fs::remove(d.beside("-shm")); }},
        {"directory moved", [](movable& d) { fs::rename(d.scratch / "db", d.scratch / "other"); }}};
    for (const auto& [name, happens] : ways) BOOST_TEST_CONTEXT(name) {
            movable d;
            const auto seen = d.row(1);
            happens(d);
            BOOST_TEST(is_replaced(d.code_of_add()));
            BOOST_TEST(is_replaced(d.may_delete({seen}).error().code));
            BOOST_TEST(is_replaced(d.load_work({archive, later, 10, {}}).error().code));
            BOOST_TEST(is_replaced(d.prepare_step().error().code));
        }
}

BOOST_AUTO_TEST_CASE(a_registration_that_went_into_a_moved_file_is_no_success) {
    movable d;
    d.close();
    bool armed = false;
    d.options.echo = [&](const std::string& sql) {
        if (sql == "COMMIT" && std::exchange(armed, false)) d.move_away();
    };
    d.make_ready();
    armed = true;
    BOOST_TEST(is_replaced(d.code_of_add()));
    BOOST_TEST(!armed);
}

BOOST_AUTO_TEST_CASE(what_is_at_the_path_is_taken_up) {
    movable d;
    d.all_changes();
    foreign_writer(d.path()).insert(row_of(2));
    BOOST_TEST(d.all_changes().changed);
    d.replace({3, 4});
    BOOST_TEST(is_replaced(d.code_of_add()));
    BOOST_REQUIRE(d.reopen().has_value());
    d.prepare();
    d.serve().value();
    BOOST_TEST(d.paths_of_work() == (strings{"/data/3", "/data/4"}), boost::test_tools::per_element());
    // What was there already is no news.
    const auto news = d.all_changes();
    BOOST_TEST(!news.changed);
    BOOST_TEST(news.archives.empty());
    d.add({registration_of(row_of(5))}).value();
    foreign_writer another(d.path());
    BOOST_TEST(another.rows().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_catalog_that_comes_back_has_all_that_was_registered) {
    movable d;
    d.move_away();
    BOOST_TEST(is_replaced(d.code_of_add()));
    const auto missing = d.reopen();
    BOOST_REQUIRE(missing.has_error());
    BOOST_TEST((missing.error().code == failure_code::not_found), missing.error().text());
    BOOST_TEST(!fs::exists(d.path()));
    BOOST_TEST(is_replaced(d.code_of_add()));
    // Its log stays at the old path: what it held is in the file that was moved.
    fs::remove(d.beside("-wal"));
    fs::rename(d.elsewhere(), d.path());
    BOOST_REQUIRE(d.reopen().has_value());
    d.prepare();
    d.serve().value();
    BOOST_TEST(d.paths_of_work() == strings{"/data/1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_log_of_the_new_one_is_left_alone) {
    movable d;
    d.replace({3});
    foreign_writer another(d.path());
    another.execute("PRAGMA journal_mode = WAL");
    another.insert(row_of(4));
    BOOST_REQUIRE(fs::file_size(d.beside("-wal")) > 0U);
    BOOST_REQUIRE(d.reopen().has_value());
    d.prepare();
    d.serve().value();
    another.insert(row_of(5));
    BOOST_TEST(d.paths_of_work() == (strings{"/data/3", "/data/4", "/data/5"}),
               boost::test_tools::per_element());
    BOOST_TEST(another.text("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(a_summary_of_the_old_one_announces_nothing_in_the_new_one) {
    movable d;
    const auto backup = d.scratch / "backup.db";
    d.record_verified({1});
    foreign_writer(d.path()).execute("PRAGMA wal_checkpoint(TRUNCATE)");
    fs::copy_file(d.path(), backup);
    const auto goes_on_with = [&](int number) {
        d.add({registration_of(row_of(number))}).value();
        d.record_verified({2});
    };
    goes_on_with(2);
    const auto summary = d.summarize(17000).value();
    d.remove_log();
    fs::rename(backup, d.path());
    BOOST_TEST(is_replaced(d.code_of_add()));
    BOOST_REQUIRE(d.reopen().has_value());
    d.prepare();
    d.serve().value();
    goes_on_with(3);
    const auto announced = d.register_finalization(summary, finalization_of(17000, later), later);
    BOOST_REQUIRE(announced.has_error());
    BOOST_TEST((announced.error().code == failure_code::changed), announced.error().text());
}

// The log was removed, and another program that opened the database was killed.
BOOST_AUTO_TEST_CASE(a_log_that_is_another_than_the_open_one_is_left_alone) {
    movable d;
    foreign_writer(d.path()).execute("PRAGMA wal_checkpoint(TRUNCATE)");
    d.remove_log();
    // In one process SQLite would take both for one: the work was done on a copy.
    fs::copy_file(d.path(), d.elsewhere());
    foreign_writer another(d.elsewhere());
    another.insert(row_of(4));
    fs::copy_file(d.elsewhere().string() + "-wal", d.beside("-wal"));
    BOOST_TEST(is_replaced(d.code_of_add()));
    BOOST_REQUIRE(d.reopen().has_value());
    d.prepare();
    d.serve().value();
    BOOST_TEST(d.paths_of_work() == (strings{"/data/1", "/data/4"}), boost::test_tools::per_element());
    BOOST_TEST(foreign_writer(d.path()).text("PRAGMA integrity_check") == "ok");
}

BOOST_AUTO_TEST_CASE(what_is_put_there_while_it_is_opened_is_not_taken_for_it) {
    for (const bool by_link : {false, true}) BOOST_TEST_CONTEXT(by_link) {
            movable d;
            d.close();
            if (by_link) {
                fs::rename(d.path(), d.scratch / "real.db");
                fs::create_symlink(d.scratch / "real.db", d.path());
            }
            bool armed = true;
            d.options.echo = [&](const std::string& sql) {
                if (sql == "PRAGMA schema_version" && std::exchange(armed, false)) d.replace_database({3});
            };
            d.open();
            BOOST_TEST(is_replaced(d.prepare_step().error().code));
            BOOST_TEST(!armed);
        }
}

BOOST_AUTO_TEST_CASE(another_database_is_not_made_a_catalog) {
    movable d;
    fs::remove(d.path());
    d.remove_log();
    foreign_writer another(d.path());
    another.execute("CREATE TABLE something (x)");
    BOOST_TEST((d.reopen().error().code == failure_code::not_a_catalog));
    BOOST_TEST(another.number("SELECT count(*) FROM sqlite_master") == 1);
}

BOOST_AUTO_TEST_CASE(archives_are_locked_anew_where_their_locks_are_not_at_the_path) {
    movable d;
    d.catalog().lock_archive(archive).value();
    fs::rename(d.scratch / "db", d.scratch / "other");
    fs::create_directory(d.scratch / "db");
    d.replace({3});
    {
        const auto other_daemon = archive_lock::take(d.path(), archive, "other").value();
        BOOST_TEST((d.reopen().error().code == failure_code::archive_held));
    }
    BOOST_REQUIRE(d.reopen().has_value());
    BOOST_TEST((archive_lock::take(d.path(), archive, "other").error().code == failure_code::archive_held));
    // That of the catalog that went away is free.
    BOOST_TEST(archive_lock::take(d.scratch / "other" / "suprsync.db", archive, "other").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

// How many files may be deleted, where programs worked that did not count them
// (storage/index/deletable_counts.hpp).
#include <boost/test/unit_test.hpp>

#include "storage/index/side_tables.hpp"
#include "tests/storage/index/recount.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(deletable_files_counted)

namespace {

struct counted_database : open_database {
    void work() {
        make_ready();
        std::vector<registration> files;
        for (int n = 0; n < 1200; ++n) {
            files.push_back(registration_of(row_of(n)));
            files.back().size = static_cast<std::uint64_t>(n);
        }
        add(files).value();
        foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum WHERE id <= 1000");
        foreign().execute("UPDATE supersync_v0 SET deletable = 0 WHERE id % 4 = 0");
        foreign().execute("UPDATE supersync_v0 SET \"ignore\" = 1 WHERE id % 10 = 1");
        foreign().execute("UPDATE supersync_v0 SET removed = 5 WHERE id % 10 = 3");
        all_changes();
    }
    // As it was before 5.8, which counted nothing of it.
    void take_back() {
        foreign().execute("DROP TABLE suprsync_deletable");
        foreign().execute("DELETE FROM suprsync_meta WHERE key = 'deletable_to'");
        foreign().execute("UPDATE suprsync_meta SET value = '5.7' WHERE key = 'version'");
    }
    bool count(bool begin) { return ask(catalog().count_deletable(begin)).value(); }
    void count_all() {
        if (!count(true))
            while (!count(false)) continue;
    }
    void check() { check_against_recount(*this, {{archive, max_attempts}}); }
    bool known() { return counts().value().deletable.has_value(); }
    void change(const std::string& what) {
        foreign().execute("UPDATE supersync_v0 SET " + what);
        all_changes();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(are_known_from_the_beginning_of_a_catalog, counted_database) {
    work();
    BOOST_TEST(known());
    BOOST_TEST(count(true));
    check();
    const auto counts = this->counts().value();
    BOOST_TEST(counts.deletable.value() > 0);
    BOOST_TEST(counts.deletable.value() < counts.verified - counts.removed);
    BOOST_TEST(counts.known_bytes_deletable.value() <
               counts.known_bytes_verified - counts.known_bytes_removed);
    change("deletable = 0 WHERE id % 4 = 2");
    check();
}

BOOST_FIXTURE_TEST_CASE(are_counted_once_after_a_program_that_did_not, counted_database) {
    work();
    close();
    take_back();
    make_ready();
    BOOST_TEST(!known());
    // What changes meanwhile counts once, whether its turn has come or not.
    foreign().execute("INSERT INTO suprsync_meta VALUES ('deletable_to', '-9223372036854775808')");
    change("deletable = 0 WHERE id = 6 OR id = 990");
    count_all();
    BOOST_TEST(known());
    check();
    change("deletable = 0 WHERE id = 7");
    check();
}

BOOST_FIXTURE_TEST_CASE(are_right_whatever_changes_while_they_are_counted, counted_database) {
    work();
    close();
    take_back();
    make_ready();
    // Half of them have had their turn.
    foreign().execute("INSERT OR REPLACE INTO suprsync_meta VALUES ('deletable_to', '500')");
    foreign().execute(
        R"(INSERT INTO suprsync_deletable SELECT archive_id, sum(state = 4), sum((state = 4) * size), count(*), sum(size)
        FROM suprsync_files WHERE state IN (3, 4) AND file_id <= 500 GROUP BY 1)");
    change("deletable = 1 - deletable WHERE id % 50 = 5");
    change("remote_md5sum = NULL WHERE id % 50 = 15");
    change("local_path = local_path || 'x' WHERE id % 50 = 25");
    foreign().execute("DELETE FROM supersync_v0 WHERE id % 50 = 35");
    all_changes();
    BOOST_TEST(!known());
    count_all();
    check();
}

BOOST_FIXTURE_TEST_CASE(are_not_told_where_another_program_left_them_behind, counted_database) {
    work();
    // An earlier program verifies files, and counts what it knows of.
    foreign().execute("UPDATE suprsync_counts SET files = files + 1 WHERE state = 3");
    BOOST_TEST(!known());
    foreign().execute("UPDATE suprsync_counts SET files = files - 1 WHERE state = 3");
    BOOST_TEST(known());
    foreign().execute("UPDATE suprsync_deletable SET verified_bytes = verified_bytes - 5, files = files - 3");
    BOOST_TEST(!known());
    // The next start counts anew.
    BOOST_TEST(count(false));  // there is nothing left to count
    BOOST_TEST(!known());
    count_all();
    BOOST_TEST(known());
    check();
}

BOOST_FIXTURE_TEST_CASE(are_counted_with_everything_else_where_that_is_indexed_anew, counted_database) {
    work();
    close();
    foreign().execute("DROP TRIGGER suprsync_file_updated");
    make_ready();
    BOOST_TEST(known());
    check();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

// When the newest copy of a day was made, by which its further announcements go (spec, Timecode directories).
#include <boost/test/unit_test.hpp>

#include "storage/index/rebuild.hpp"
#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_settled)

namespace {

struct announced_day : ready_database {
    announced_day() {
        copied(1, early + 5);
        finalize(17000, early + 10);
    }
    void copied(int n, std::optional<double> at, const std::string& name = archive) {
        auto row = verified(row_of(n, name));
        row.copied = at;
        foreign().insert(row);
    }
    double settled_at() { return timecodes_to_finalize().value().directories.at(0).settled_at; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_is_the_newest_copy_of_the_day, announced_day) {
    copied(2, early + 20);
    BOOST_TEST(settled_at() == early + 20);
    copied(3, early + 15);
    copied(4, std::nullopt);
    copied(5, 9e15, "other");
    copied(6, early + 19);
    BOOST_TEST(settled_at() == early + 20);
    foreign().execute("UPDATE supersync_v0 SET copied = 9e999, deletable = 0 WHERE id = 2");
    BOOST_TEST(settled_at() == early + 20);
    const auto waiting = foreign().insert(row_of(7));
    BOOST_TEST(settled_at() == early + 20);
    foreign().execute("UPDATE supersync_v0 SET remote_md5sum = local_md5sum, copied = " +
                      std::to_string(early + 30) + " WHERE id = " + std::to_string(waiting));
    BOOST_TEST(settled_at() == early + 30);
}

BOOST_FIXTURE_TEST_CASE(it_outlives_the_process_and_side_tables_that_are_made_anew, announced_day) {
    copied(2, early + 20);
    BOOST_TEST(settled_at() == early + 20);
    close();
    make_ready();
    BOOST_TEST(settled_at() == early + 20);
    close();
    BOOST_REQUIRE(rebuild_side_tables(path(), "doctor", {}).has_value());
    make_ready();
    BOOST_TEST(settled_at() == early + 20);
}

BOOST_FIXTURE_TEST_CASE(side_tables_of_an_earlier_minor_version_learn_it, announced_day) {
    close();
    foreign().execute(
        "DROP TABLE suprsync_settlements; UPDATE suprsync_meta SET value = '5.2' WHERE key = 'version'");
    make_ready();
    copied(2, early + 20);
    BOOST_TEST(settled_at() == early + 20);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

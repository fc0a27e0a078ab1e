// SQLite's log of the catalog does not stay as large as a long reader made it; and whether anything can be
// written can be asked.
#include <boost/test/unit_test.hpp>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_log)

namespace {

constexpr std::uintmax_t limit = std::uintmax_t{8} * 1024 * 1024;

struct logged_database : ready_database {
    int written = 0;

    std::uintmax_t log_size() const { return std::filesystem::file_size(path().string() + "-wal"); }
    void write_rows(int many) {
        std::vector<registration> rows;
        for (int n = 0; n < many; ++n) rows.push_back(registration_of(row_of(++written)));
        BOOST_REQUIRE(add(rows).has_value());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_log_is_cut_when_a_long_reader_has_gone, logged_database) {
    foreign().execute("BEGIN");
    BOOST_TEST(foreign().rows().empty());  // what it has seen is kept for it
    while (log_size() <= 2 * limit) write_rows(2000);
    foreign().execute("COMMIT");
    // One checkpoint takes in all that is there, the next commit begins the log anew.
    for (int n = 0; n < 3; ++n) write_rows(1);
    BOOST_TEST(log_size() <= limit);
}

BOOST_FIXTURE_TEST_CASE(it_is_tried_whether_anything_can_be_written, logged_database) {
    for (int n = 0; n < 3; ++n) {
        const auto version = foreign().number("PRAGMA data_version");
        BOOST_TEST(ask(catalog().try_writing()).has_value());
        BOOST_TEST(foreign().number("PRAGMA data_version") != version);
    }
    foreign().execute("DROP TABLE suprsync_meta");
    BOOST_TEST(!ask(catalog().try_writing()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

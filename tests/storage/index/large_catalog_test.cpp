// Ten million rows with side tables of version 4: they are brought up to date without anybody being kept out.
// Some minutes and 7 GB in memory: run by hand (tests/all.sh), or by name.
#include <time.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <memory>

#include "storage/index/archive_table.hpp"
#include "storage/index/backfill.hpp"
#include "storage/index/schema.hpp"
#include "tests/storage/index/version_4.hpp"
#include "tests/support/scratch_directory.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(catalog_of_ten_million_rows, *boost::unit_test::disabled())

namespace {

constexpr std::int64_t rows = 10'000'000;
constexpr double limit = 0.25;  // s

// Seconds that this thread has worked: what other programs of a busy machine do meanwhile does not count.
double thread_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

struct large_catalog {
    scratch_directory scratch;
    std::filesystem::path path = scratch / "suprsync.db";
    double longest = 0;  // under the write lock

    large_catalog() { make_catalog_of_version_4(path, rows); }

    std::unique_ptr<sqlite_connection> open() {
        auto connection = std::make_unique<sqlite_connection>(
            std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE));
        const auto begun = std::make_shared<double>(0);
        connection->on_write_lock = [begun] { *begun = thread_time(); };
        connection->on_write_unlock = [this, begun](std::chrono::steady_clock::duration) {
            longest = std::max(longest, thread_time() - *begun);
        };
        return connection;
    }
    void check_counts(sqlite_connection& connection) {
        for (const std::int64_t archive : {1, 2}) {
            const auto count = [&](const char* what) { return connection.number(what, archive); };
            const auto counts = read_counts(connection, archive);
            BOOST_TEST(counts.files == count("SELECT count(*) FROM suprsync_files WHERE archive_id = ?1"));
            BOOST_TEST(counts.failed ==
                       count("SELECT count(*) FROM suprsync_files WHERE archive_id = ?1 AND state = 1"));
            BOOST_TEST(counts.ignored ==
                       count("SELECT count(*) FROM suprsync_files WHERE archive_id = ?1 AND state = 2"));
            BOOST_TEST(counts.verified ==
                       count("SELECT count(*) FROM suprsync_files WHERE archive_id = ?1 AND state > 2"));
            BOOST_TEST(counts.removed ==
                       count("SELECT count(*) FROM suprsync_files WHERE archive_id = ?1 AND state = 5"));
            BOOST_TEST(counts.known_bytes_verified ==
                       count("SELECT sum(size) FROM suprsync_files WHERE archive_id = ?1 AND state > 2"));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(of_version_4_is_brought_up_to_date_within_the_limit_of_a_lock, large_catalog) {
    const auto connection = open();
    install_schema(*connection);
    BOOST_TEST(index_some(*connection, std::chrono::milliseconds(25)).done);
    BOOST_TEST_MESSAGE("longest write lock: " << longest * 1e3 << " ms");
    BOOST_TEST(longest > 0);
    BOOST_TEST(longest < limit);
    check_counts(*connection);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

#include "tests/storage/index/recount.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace suprsync::test {

namespace {

// The rules of the row states (spec, Words, Shared tables, The life of a file) once more, in SQL.
const std::string is_ignored = "coalesce(\"ignore\", 0)";
const std::string is_verified =
    "(NOT " + is_ignored +
    " AND local_md5sum <> '' AND remote_md5sum IS NOT NULL AND remote_md5sum = local_md5sum)";
const std::string is_unsettled = "(NOT " + is_ignored + " AND NOT " + is_verified + ")";
// Of a row `o`, where no later one that sends the file to the same place decides over it.
const std::string keeps_its_file =
    "(" + is_verified + R"( AND removed IS NULL AND NOT coalesce(deletable, 0) AND NOT EXISTS
    (SELECT 1 FROM supersync_v0 AS l WHERE l.id > o.id AND l.local_path = o.local_path AND l.remote_path = o.remote_path
     AND l.archive_name = o.archive_name AND NOT coalesce(l."ignore", 0))))";
const std::string five_digits = "'[0-9][0-9][0-9][0-9][0-9]";
const std::string is_data = "(remote_path GLOB " + five_digits + "/*' AND NOT (remote_path GLOB " +
                            five_digits + "/suprsync/*/*_finalized.yaml' AND NOT remote_path GLOB " +
                            five_digits + "/suprsync/*/*/*'))";

std::string is_failed(int attempts) {
    return fmt::format("({} AND (removed IS NOT NULL OR coalesce(failed_copy_attempts, 0) >= {}))",
                       is_unsettled, attempts);
}

class recount {
  public:
    recount(open_database& d, std::string name, int limit) : d_(d), name_(std::move(name)), limit_(limit) {}

    void check_counts() {
        const auto counts = d_.counts(name_).value();
        const auto count = [&](const std::string& where) {
            return number(fmt::format("SELECT count(*) FROM supersync_v0 WHERE archive_name = '{}' AND {}",
                                      name_, where));
        };
        BOOST_TEST(counts.files == count("1"));
        BOOST_TEST(counts.ignored == count(is_ignored));
        BOOST_TEST(counts.verified == count(is_verified));
        BOOST_TEST(counts.unsettled == count(is_unsettled));
        BOOST_TEST(counts.failed == count(is_failed(limit_)));
        BOOST_TEST(counts.removed == count(is_verified + " AND removed IS NOT NULL"));
        const auto oldest = number(fmt::format(
            "SELECT coalesce(min(timestamp), -1) FROM supersync_v0 WHERE archive_name = '{}' AND {}", name_,
            is_unsettled));
        BOOST_TEST(counts.oldest_unsettled.value_or(-1) == static_cast<double>(oldest));
        const auto bytes = [&](const std::string& where) {
            return number(fmt::format(R"(SELECT coalesce(sum(size), 0) FROM suprsync_files AS f
                    JOIN supersync_v0 AS s ON s.id = f.file_id WHERE archive_name = '{}' AND {})",
                                      name_, where));
        };
        BOOST_TEST(counts.known_bytes_unsettled == bytes(is_unsettled));
        BOOST_TEST(counts.known_bytes_failed == bytes(is_failed(limit_)));
        BOOST_TEST(counts.known_bytes_ignored == bytes(is_ignored));
        BOOST_TEST(counts.known_bytes_verified == bytes(is_verified));
        BOOST_TEST(counts.known_bytes_removed == bytes(is_verified + " AND removed IS NOT NULL"));
        const auto is_deletable = is_verified + " AND removed IS NULL AND coalesce(deletable, 0)";
        if (!counts.deletable) return;  // after an earlier program, until it is counted
        BOOST_TEST(*counts.deletable == count(is_deletable));
        BOOST_TEST(*counts.known_bytes_deletable == bytes(is_deletable));
    }

    void check_work() {
        ids expected;
        for (const auto& row : d_.foreign().rows(fmt::format("archive_name = '{}' AND {} AND NOT {}", name_,
                                                             is_unsettled, is_failed(limit_))))
            expected.push_back(row.id);
        auto found = d_.work_ids(later, name_);
        std::sort(found.begin(), found.end());
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    }

    void check_deletable() {
        ids expected, found;
        for (const auto& item : d_.load_deletable().value()) {
            found.push_back(item.row.id);
            BOOST_TEST(
                item.wanted_elsewhere ==
                (number(fmt::format(
                     "SELECT count(*) FROM supersync_v0 AS o WHERE local_path = '{}' AND id <> {} AND ({} OR {})",
                     item.row.local_path, item.row.id, is_unsettled, keeps_its_file)) > 0));
        }
        std::sort(found.begin(), found.end());
        for (
            const auto& row : d_.foreign().rows(fmt::format(
                "archive_name = '{}' AND {} AND removed IS NULL AND coalesce(deletable, 0) AND id NOT IN (SELECT file_id FROM suprsync_unproved)",
                archive, is_verified)))
            expected.push_back(row.id);
        BOOST_TEST(found == expected, boost::test_tools::per_element());
    }

    // Every directory with data is either open, with the right counts, or flagged as finalized for others.
    void check_directories() {
        std::map<int, open_timecode> open;
        for (const auto& t : d_.timecodes_to_finalize(name_).value().directories) open[t.timecode] = t;
        for (int timecode = 17000; timecode < 17004; ++timecode) {
            const auto where = fmt::format(
                "FROM supersync_v0 WHERE archive_name = '{}' AND {} AND remote_path GLOB '{}/*' AND NOT {}",
                name_, is_data, timecode, is_ignored);
            const auto files = number("SELECT count(*) " + where);
            const bool finalized =
                number(fmt::format(
                    "SELECT coalesce(max(finalized), 0) FROM timecode_dirs_v0 WHERE archive_name = '{}' AND timecode = {}",
                    name_, timecode)) != 0;
            const auto place = open.find(timecode);
            BOOST_TEST((place != open.end()) == (files > 0 && !finalized), name_ << " " << timecode);
            if (place == open.end()) continue;
            BOOST_TEST(place->second.files == files);
            BOOST_TEST(place->second.unsettled ==
                       number("SELECT count(*) " + where + " AND " + is_unsettled));
            BOOST_TEST(place->second.failed ==
                       number("SELECT count(*) " + where + " AND " + is_failed(limit_)));
        }
    }

  private:
    std::int64_t number(const std::string& text) { return d_.foreign().number(text); }

    open_database& d_;
    std::string name_;
    int limit_;
};

}  // namespace

void check_against_recount(open_database& d, const std::map<std::string, int>& limits) {
    for (const auto& [name, limit] : limits) {
        recount count(d, name, limit);
        count.check_counts();
        count.check_work();
        count.check_directories();
        if (name == archive) count.check_deletable();
    }
    // Every side row is known to its block, and to its block of blocks.
    for (const int level : {0, 1})
        BOOST_TEST(d.foreign().number(fmt::format(
                       R"(SELECT count(*) FROM suprsync_files AS f WHERE NOT EXISTS (
                SELECT 1 FROM suprsync_blocks AS b WHERE b.archive_id = f.archive_id AND b.level = {}
                AND b.block = f.file_id >> {} AND b.timecode = f.remote_key >> 40
                AND b.newest >= f.timestamp))",
                       level, 8 * (level + 1))) == 0);
    // A side row for every row, and notes only beside rows that are there.
    BOOST_TEST(d.foreign().number(
                   "SELECT count(*) FROM suprsync_files AS f JOIN supersync_v0 AS s ON s.id = f.file_id") ==
               d.foreign().number("SELECT count(*) FROM supersync_v0"));
    BOOST_TEST(
        d.foreign().number(
            "SELECT count(*) FROM suprsync_files WHERE file_id NOT IN (SELECT id FROM supersync_v0)") == 0);
    BOOST_TEST(
        d.foreign().number(
            "SELECT count(*) FROM suprsync_notes WHERE file_id NOT IN (SELECT id FROM supersync_v0)") == 0);
}

}  // namespace suprsync::test

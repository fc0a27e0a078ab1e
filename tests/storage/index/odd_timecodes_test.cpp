// Rows of timecode directories that hold what other programs like, before the first start and after it.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/support/storage/open_database.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(odd_timecodes)

namespace {

void write_day(open_database& d, const std::string& timecode, const std::string& name,
               const std::string& finalized) {
    d.foreign().execute("INSERT INTO timecode_dirs_v0 (timecode, archive_name, finalized) VALUES (" +
                        timecode + ", " + name + ", " + finalized + ")");
}

std::vector<int> open_days(open_database& d) {
    std::vector<int> days;
    for (const auto& directory : d.timecodes_to_finalize().value().directories)
        days.push_back(directory.timecode);
    return days;
}

constexpr const char* no_flags[] = {"NULL", "'done'", "X'01'", "''", "0"};

}  // namespace

BOOST_AUTO_TEST_CASE(a_day_with_an_odd_flag_is_open_at_the_first_start) {
    for (const char* flag : no_flags) {
        open_database d;
        d.foreign().insert(verified(row_of(1)));
        write_day(d, "17000", "'data'", flag);
        d.make_ready();
        BOOST_TEST(open_days(d) == std::vector{17000}, flag);
    }
}

BOOST_AUTO_TEST_CASE(a_day_is_finalized_where_one_of_its_rows_says_so) {
    open_database d;
    d.foreign().insert({verified(row_of(1)), verified(row_of(2, archive, 17001))});
    write_day(d, "17000", "'data'", "1");
    write_day(d, "17000", "'data'", "'x'");
    d.make_ready();
    BOOST_TEST(open_days(d) == std::vector{17001});
    write_day(d, "17001", "'data'", "1");
    write_day(d, "17001", "'data'", "'x'");
    d.all_changes();
    BOOST_TEST(open_days(d).empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_timecode_is_no_directory) {
    const auto write_all = [](open_database& d) {
        for (const char* timecode : {"'x'", "X'00'", "-1", "100000", "4294984296", "0.5", "1e300"})
            write_day(d, timecode, "'data'", "1");
    };
    open_database d;
    d.foreign().insert(verified(row_of(1)));
    write_all(d);
    d.make_ready();
    write_all(d);
    d.all_changes();
    BOOST_TEST(open_days(d) == std::vector{17000});
    const auto listed = d.ask(d.catalog().timecodes({archive, -1, 100})).value();
    BOOST_TEST(listed.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_stored_as_bytes_makes_no_second_archive) {
    open_database d;
    d.foreign().insert(verified(row_of(1)));
    write_day(d, "17000", "X'64617461'", "1");
    d.make_ready();
    BOOST_TEST(d.counts().value().files == 1);
    BOOST_TEST(open_days(d) == std::vector{17000});
}

BOOST_AUTO_TEST_CASE(the_least_of_all_ids_is_indexed) {
    open_database d;
    auto row = row_of(1);
    row.id = std::numeric_limits<std::int64_t>::min();
    d.foreign().insert(row);
    d.make_ready();
    d.all_changes();
    BOOST_TEST(d.work_ids() == ids{row.id});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

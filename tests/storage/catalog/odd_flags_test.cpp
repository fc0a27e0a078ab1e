// Flags that are neither 0 nor 1: other programs store what they like (spec, Shared tables).
#include <boost/test/unit_test.hpp>
#include <limits>

#include "tests/storage/catalog/one_verified.hpp"

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(odd_flags)

BOOST_FIXTURE_TEST_CASE(nothing_but_one_allows_a_deletion, one_verified) {
    const auto deletable_with = [&](const std::string& flag) -> bool {
        update("deletable = " + flag);
        return !load_deletable().value().empty();
    };
    for (const char* yes : {"1", "1.0", "'1'"}) BOOST_TEST(deletable_with(yes), yes);
    for (const char* no : {"0", "NULL", "''", "2", "-1", "0.5", "1.5", "'1x'", "X'31'", "'true'", "'no'"})
        BOOST_TEST(!deletable_with(no), no);
}

BOOST_FIXTURE_TEST_CASE(a_row_that_is_ignored_in_words_is_left_alone, one_verified) {
    const auto ignored_with = [&](const std::string& flag) -> bool {
        update("\"ignore\" = " + flag);
        all_changes();
        foreign().execute("DELETE FROM suprsync_unproved");  // its copy was read anew
        return load_deletable().value().empty();
    };
    for (const char* yes : {"1", "2", "-1", "0.5", "'true'", "'True'", "'yes'", "'1x'", "X'31'"})
        BOOST_TEST(ignored_with(yes), yes);
    for (const char* no :
         {"0", "0.0", "'0'", "NULL", "''", "'false'", "'False'", "'f'", "'no'", "'N'", "'off'"})
        BOOST_TEST(!ignored_with(no), no);
}

BOOST_FIXTURE_TEST_CASE(attempts_are_as_many_as_they_say_and_never_fewer_than_none, ready_database) {
    const auto id = foreign().insert(row_of(1));
    const auto waits_with = [&](const std::string& attempts) -> bool {
        foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = " + attempts);
        return work_ids() == ids{id};
    };
    for (const char* some : {"0", "4", "NULL", "''", "'many'", "X'ff'", "-1", "-1e300"})
        BOOST_TEST(waits_with(some), some);
    for (const char* all : {"5", "'5'", "4294967296", "9223372036854775807", "1e300", "9e999"})
        BOOST_TEST(!waits_with(all), all);
    // The next one that is lost is the first.
    foreign().execute("UPDATE supersync_v0 SET failed_copy_attempts = -9223372036854775807");
    file_outcome lost;
    lost.seen = row(id);
    lost.attempts_lost = 1;
    record({lost}).value();
    BOOST_TEST(foreign().row(id).failed_copy_attempts.value() == 1);
}

// What goes through copies that are in doubt goes by ids from 1 on.
BOOST_FIXTURE_TEST_CASE(a_row_with_an_id_that_sqlite_never_gives_deletes_nothing, ready_database) {
    auto row = verified(row_of(1));
    for (const std::int64_t id : {std::int64_t{-5}, std::numeric_limits<std::int64_t>::min()}) {
        row.id = id;
        foreign().insert(row);
        BOOST_TEST(load_deletable().value().empty(), id);
        foreign().execute("DELETE FROM supersync_v0");
    }
}

BOOST_FIXTURE_TEST_CASE(a_row_with_such_an_id_that_waits_holds_the_promise_and_the_files_of_its_name,
                        ready_database) {
    auto row = row_of(1);
    for (const std::int64_t id : {std::int64_t{0}, std::int64_t{-5}}) {
        row.id = id;
        foreign().insert(row);
        BOOST_TEST(summarize(17000).value().oldest_unsettled.has_value(), id);
        const auto named = unsettled_named({{row.local_path.substr(row.local_path.rfind('/') + 1)}}).value();
        BOOST_TEST(named.size() == 1U, id);
        foreign().execute("DELETE FROM supersync_v0");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

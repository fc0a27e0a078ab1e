// Flags that are neither 0 nor 1: other programs store what they like (spec, Shared tables).
#include <boost/test/unit_test.hpp>

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
        return load_deletable().value().empty();
    };
    for (const char* yes : {"1", "2", "-1", "0.5", "'true'", "'True'", "'yes'", "'1x'", "X'31'"})
        BOOST_TEST(ignored_with(yes), yes);
    for (const char* no :
         {"0", "0.0", "'0'", "NULL", "''", "'false'", "'False'", "'f'", "'no'", "'N'", "'off'"})
        BOOST_TEST(!ignored_with(no), no);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

// rsync's --chmod, without rsync.
#include "engine/rules/mode_changes.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(mode_changes_as_rsync_makes_them)

BOOST_AUTO_TEST_CASE(the_default_lets_the_group_write_and_everybody_read) {
    const auto modes = read_mode_changes("g+rwX,o+rX", 022).value();
    BOOST_TEST(modes.of_file(0600) == 0664U);
    BOOST_TEST(modes.of_file(0700) == 0775U);
    BOOST_TEST(modes.of_directory(0700) == 0775U);
    BOOST_TEST(modes.of_directory(02755) == 02775U);
}

BOOST_AUTO_TEST_CASE(changes_are_for_files_or_for_directories_or_for_both) {
    const auto modes = read_mode_changes("D750,F640,a-w", 0).value();
    BOOST_TEST(modes.of_directory(0777) == 0550U);
    BOOST_TEST(modes.of_file(0777) == 0440U);
}

BOOST_AUTO_TEST_CASE(execution_is_given_where_somebody_may_execute) {
    const auto modes = read_mode_changes("a=rX", 0).value();
    BOOST_TEST(modes.of_file(0640) == 0444U);
    BOOST_TEST(modes.of_file(0740) == 0555U);
    BOOST_TEST(modes.of_directory(0600) == 0555U);
}

BOOST_AUTO_TEST_CASE(where_nobody_is_named_the_umask_holds) {
    BOOST_TEST(read_mode_changes("+w", 022).value().of_file(0400) == 0600U);
    BOOST_TEST(read_mode_changes("+w", 0).value().of_file(0400) == 0622U);
    BOOST_TEST(read_mode_changes("=r", 027).value().of_file(0777) == 0440U);
}

BOOST_AUTO_TEST_CASE(special_bits_are_those_of_whom_they_are_for) {
    BOOST_TEST(read_mode_changes("g+s", 0).value().of_directory(0755) == 02755U);
    BOOST_TEST(read_mode_changes("u+s", 0).value().of_file(0755) == 04755U);
    BOOST_TEST(read_mode_changes("ug-s,+t", 0).value().of_directory(06755) == 01755U);
    BOOST_TEST(read_mode_changes("02711", 0).value().of_directory(0755) == 02711U);
}

BOOST_AUTO_TEST_CASE(what_rsync_refuses_is_none) {
    for (const char* text : {"", "g", "rwx", "g+rwq", "8", "F9", "17777", "u644", "DFg+w", "g+w,", ",g+w"}) {
        const bool understood = read_mode_changes(text, 0).has_value();
        BOOST_TEST(!understood, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

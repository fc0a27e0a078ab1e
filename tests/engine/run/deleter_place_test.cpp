// Files that are not there: gone, or on a disk that is not mounted.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/deleter_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(deleter_places)

BOOST_FIXTURE_TEST_CASE(a_file_whose_disk_is_not_mounted_is_not_gone, deleter_world) {
    const auto id = due("a");
    const auto here = disk.files;
    for (const auto code : {failure_code::not_found, failure_code::no_directory}) {
        disk.files.clear();
        disk.failing["/data/a"] = {code, "look at", "/data/a", "not there"};
        disk.device = 2;
        if (code == failure_code::not_found)
            begin();
        else
            time.advance(61);
        BOOST_TEST(!row(id).removed.has_value());
        BOOST_TEST(holds_text(condition(condition_kind::deletion_failed), "another file system"));
    }
    disk.failing.clear();
    disk.files = here;
    disk.device = 1;
    time.advance(120);
    BOOST_TEST(row(id).removed.value_or(0) > 0);
    BOOST_TEST(conditions_held() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_directory_was_removed_is_gone, deleter_world) {
    const auto id = due("a");
    disk.failing["/data/a"] = {failure_code::no_directory, "look at", "/data/a", "no directory"};
    begin();
    BOOST_TEST((row(id).removed == 0));
}

BOOST_AUTO_TEST_SUITE_END()

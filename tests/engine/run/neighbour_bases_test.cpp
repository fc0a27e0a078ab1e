// Two archives whose base directories are one, or lie inside one another, however they are spelled: a file
// that both would write is a file with two claimants.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(neighbour_bases)

struct two_rows : daemon_world {
    file_id first = 0, second = 0;
    // The first row is of smurf, the second of timestreams.
    void run(const std::string& of_first = "17000/x", const std::string& of_second = "17000/x") {
        begin();
        disk.write("/data/a", "a", time.now() - 100);
        disk.write("/data/b", "b", time.now() - 100);
        first = insert("/data/a", of_first, fake_md5("a"));
        second = insert("/data/b", of_second, fake_md5("b"), "timestreams");
        committed();
    }
    void lie_at(const std::string& smurf, const std::string& timestreams,
                const std::string& machine_of_timestreams = "boot") {
        there().facts.place = directory_place{"boot", "254:0", smurf};
        there("timestreams").facts.place = directory_place{machine_of_timestreams, "254:0", timestreams};
    }
    void second_is_a_conflict() {
        BOOST_TEST(verified(first));
        BOOST_TEST(!verified(second));
        BOOST_TEST(view(second).state == "failed");
        const auto why = last_error(second);
        for (const char* part : {"belongs to another local file, /data/a", "smurf"})
            BOOST_TEST(holds_text(why, part), why);
    }
};

BOOST_FIXTURE_TEST_CASE(two_files_for_one_path_of_one_directory_are_a_conflict_of_two_archives, two_rows) {
    lie_at("/data", "/data");
    run();
    second_is_a_conflict();
}

BOOST_FIXTURE_TEST_CASE(a_file_below_both_base_directories_has_one_owner, two_rows) {
    lie_at("/data/sub", "/data");
    run("17000/x", "sub/17000/x");
    second_is_a_conflict();
    const auto why = last_error(second);
    for (const char* part : {"sub/17000/x of archive timestreams", "is 17000/x of archive smurf"})
        BOOST_TEST(holds_text(why, part), why);
}

BOOST_FIXTURE_TEST_CASE(the_outer_base_directory_may_be_the_owners, two_rows) {
    lie_at("/data", "/data/sub");
    run("sub/17000/x", "17000/x");
    second_is_a_conflict();
}

BOOST_FIXTURE_TEST_CASE(equal_paths_below_base_directories_inside_one_another_are_two_files, two_rows) {
    lie_at("/data", "/data/sub");
    run();
    BOOST_TEST(verified(first));
    BOOST_TEST(verified(second));
}

BOOST_FIXTURE_TEST_CASE(two_directories_that_look_alike_on_two_machines_are_two, two_rows) {
    lie_at("/data", "/data", "another");
    run();
    BOOST_TEST(verified(first));
    BOOST_TEST(verified(second));
}

BOOST_AUTO_TEST_SUITE_END()

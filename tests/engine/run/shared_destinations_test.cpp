// Two archives that spell one base directory differently: their remote paths are the same files.
#include "engine/run/shared_destinations.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/engine/run/daemon_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

namespace {

found_base base(const std::string& destination, const std::string& boot = "b", std::uint64_t inode = 2,
                std::uint64_t device = 5) {
    return {destination, boot, {"1a2b", inode}, device};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shared_destination)

BOOST_AUTO_TEST_CASE(one_directory_has_the_spelling_that_was_found_first) {
    shared_destinations all;
    BOOST_TEST(all.spelling_of("b", base("host:/data/")) == "host:/data/");
    BOOST_TEST(all.spelling_of("a", base("alias:/data")) == "host:/data/");
    // It stays so when they are asked again, in whatever order.
    BOOST_TEST(all.spelling_of("b", base("host:/data/")) == "host:/data/");
    BOOST_TEST(all.spelling_of("a", base("alias:/data")) == "host:/data/");
    all.forget("b");
    BOOST_TEST(all.spelling_of("a", base("alias:/data")) == "alias:/data");
}

BOOST_AUTO_TEST_CASE(other_directories_and_those_of_unknown_machines_have_their_own) {
    shared_destinations all;
    all.spelling_of("a", base("one:/data"));
    BOOST_TEST(all.spelling_of("b", base("two:/data", "another")) == "two:/data");
    BOOST_TEST(all.spelling_of("c", base("three:/data", "b", 3)) == "three:/data");
    // As two network file systems, which have no id.
    BOOST_TEST(all.spelling_of("f", base("six:/data", "b", 2, 6)) == "six:/data");
    BOOST_TEST(all.spelling_of("d", base("four:/data", "")) == "four:/data");
    BOOST_TEST(all.spelling_of("e", base("five:/data", "")) == "five:/data");
}

struct two_rows : daemon_world {
    file_id first = 0, second = 0;
    void run() {
        begin();
        disk.write("/data/a", "a", time.now() - 100);
        disk.write("/data/b", "b", time.now() - 100);
        first = insert("/data/a", "17000/x", fake_md5("a"));
        second = insert("/data/b", "17000/x", fake_md5("b"), "timestreams");
        committed();
    }
};

BOOST_FIXTURE_TEST_CASE(two_files_for_one_path_of_one_directory_are_rivals_of_two_archives, two_rows) {
    there().facts.boot = there("timestreams").facts.boot = "b";
    run();
    BOOST_TEST(verified(first));
    BOOST_TEST(!verified(second));
    BOOST_TEST(view(second).state == "failed");
    BOOST_TEST(holds_text(last_error(second), "belongs to another local file, /data/a"));
}

BOOST_FIXTURE_TEST_CASE(two_directories_that_look_alike_on_two_machines_are_two, two_rows) {
    there().facts.boot = "b";
    there("timestreams").facts.boot = "another";
    run();
    BOOST_TEST(verified(first));
    BOOST_TEST(verified(second));
}

BOOST_AUTO_TEST_SUITE_END()

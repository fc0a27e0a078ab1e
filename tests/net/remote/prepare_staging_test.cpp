// Staging as it is found when a destination is prepared: where it is refused, what lies in it, what is swept.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/preparing.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(preparing_staging)

BOOST_DATA_TEST_CASE(staging_is_refused_inside_the_base_directory, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.remote_staging_dir = d.base() / "staging";
    BOOST_TEST(refusal_of_staging(ask(d)).find("inside the base directory") != std::string::npos);
    BOOST_TEST(fs::is_empty(d.base()));
    d.restarted();
    fs::create_directory_symlink(d.base(), d.scratch / "link");
    d.options.archive.remote_staging_dir = d.scratch / "link";
    d.restarted();
    BOOST_TEST(refusal_of_staging(ask(d)).find("inside the base directory") != std::string::npos);
    BOOST_TEST(fs::is_empty(d.base()));
}

BOOST_DATA_TEST_CASE(staging_is_refused_on_another_file_system, data::make(every_place), where) {
    // Two file systems that every Linux has, both writable by everybody.
    const fs::path other = fs::path("/tmp") / ("suprsync-test-other-" + std::to_string(::getpid()));
    destination d(where);
    struct stat here = {};
    struct stat there = {};
    ::stat("/tmp", &there);
    ::stat(d.base().c_str(), &here);
    BOOST_REQUIRE_MESSAGE(here.st_dev != there.st_dev,
                          "this test needs /dev/shm and /tmp to be two file systems");
    d.options.archive.remote_staging_dir = other;
    const auto why = refusal_of_staging(ask(d));
    BOOST_TEST(why.find("another file system") != std::string::npos);
    BOOST_TEST(why.find("set remote_staging_dir") != std::string::npos);
    BOOST_TEST(!fs::exists(other));
}

BOOST_DATA_TEST_CASE(a_base_directory_that_is_a_mount_point_has_no_staging_beside_it, data::make(each_kind),
                     where) {
    destination d(where);
    d.options.archive.remote_basedir = "/dev/shm";
    BOOST_TEST(refusal_of_staging(ask(d)).find("mount point") != std::string::npos);
}

BOOST_DATA_TEST_CASE(what_lies_in_staging_is_listed, data::make(each_kind), where) {
    destination d(where);
    BOOST_REQUIRE(ask(d).has_value());
    write_file(d.slot(0) / "17000/new\nline", "12345");
    write_file(d.slot(3) / "17000/ b", "1");
    // Published already: a crash came between the link and the unlinking.
    write_file(d.slot(3) / "17000/published", "1");
    fs::create_hard_link(d.slot(3) / "17000/published", d.base() / "published");
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_value());
    BOOST_REQUIRE(facts->staged.size() == 2U);
    BOOST_TEST(facts->staged[0].slot == 0);
    BOOST_TEST(facts->staged[0].remote_path == "17000/new\nline");
    BOOST_TEST(facts->staged[0].size == 5U);
    BOOST_TEST(facts->staged[1].slot == 3);
    BOOST_TEST(facts->staged[1].remote_path == "17000/ b");
    BOOST_TEST(fs::exists(d.base() / "published"));
}

// Whoever makes them is killed, and his successor comes at once.
BOOST_DATA_TEST_CASE(what_links_were_tried_with_is_taken_away_by_the_next_one, data::make(every_place),
                     where) {
    destination d(where);
    BOOST_REQUIRE(ask(d).has_value());
    const auto in = d.slot(0).parent_path();
    write_file(in / ".probe.1", "");
    fs::create_hard_link(in / ".probe.1", in / ".probe.1.2");
    d.restarted();
    BOOST_REQUIRE(ask(d).has_value());
    BOOST_TEST(!fs::exists(in / ".probe.1"));
    BOOST_TEST(!fs::exists(in / ".probe.1.2"));
}

// A full or failing disk is no reason to copy straight to the place: that is for what the place does not
// allow.
BOOST_AUTO_TEST_CASE(a_passing_fault_of_the_disk_is_no_refusal_of_staging) {
    const std::vector<std::pair<std::string, failure_code>> faults{
        {"No space left on device", failure_code::no_space},
        {"Disk quota exceeded", failure_code::no_space},
        {"Input/output error", failure_code::io},
        {"Stale file handle", failure_code::io},
        {"Read-only file system", failure_code::not_permitted}};
    for (const std::string program : {"ln", "mkdir"})
        for (const auto& [why, code] : faults) {
            destination d;
            const path_without path(d.scratch / "programs", program);
            write_file(d.scratch / "programs" / program,
                       "#!/bin/sh\necho '" + program + ": x: " + why + "' >&2\nexit 1\n");
            fs::permissions(d.scratch / "programs" / program, fs::perms::owner_all);
            const auto facts = ask(d);
            BOOST_REQUIRE(facts.has_error());
            BOOST_TEST((facts.error().code == code), facts.error().text());
            BOOST_TEST(facts.error().text().find(why) != std::string::npos);
        }
}

// FUSE that keeps attributes for a second.
BOOST_AUTO_TEST_CASE(a_file_system_that_does_not_tell_numbers_of_links_has_no_staging) {
    destination d;
    d.get();
    const path_without path(d.scratch / "programs", "stat");
    write_file(d.scratch / "programs/stat", R"(#!/bin/sh
case "$1 $2" in "-c %h") echo 1 ;; *) exec /usr/bin/stat "$@" ;; esac
)");
    fs::permissions(d.scratch / "programs/stat", fs::perms::owner_all);
    BOOST_TEST(refusal_of_staging(ask(d)).find("how many hard links a file has") != std::string::npos);
    BOOST_TEST(files_below(d.scratch / "dest").empty());
}

BOOST_DATA_TEST_CASE(slots_in_use_are_left_alone, data::make(each_kind), where) {
    destination d(where);
    BOOST_REQUIRE(ask(d).has_value());
    write_file(d.slot(0) / "17000/mine", "1");
    fs::create_directories(d.slot(0) / "17000/empty");
    fs::create_directories(d.slot(1) / "17000/empty");
    prepare_request request;
    request.catalog_uuid = catalog_uuid;
    request.slots_in_use = {0};
    const auto facts = d.wait(d.get().prepare(std::move(request)));
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->staged.empty());
    BOOST_TEST(fs::exists(d.slot(0) / "17000/empty"));
    BOOST_TEST(!fs::exists(d.slot(1)));
}

BOOST_DATA_TEST_CASE(sweeping_leaves_no_file_and_no_directory_but_the_slots, data::make(each_kind), where) {
    destination d(where);
    BOOST_REQUIRE(ask(d).has_value());
    write_file(d.slot(0) / "17000/a b", "1");
    write_file(d.slot(0) / "17000/c/d", "1");
    write_file(d.slot(1) / "-rf", "1");
    write_file(d.slot(2) / "busy", "1");
    const int lock = ::open(d.slot(2).c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(::flock(lock, LOCK_EX) == 0);
    const auto swept = d.wait(d.get().sweep(
        {{0, "17000/a b", 1}, {0, "17000/c/d", 1}, {1, "-rf", 1}, {2, "busy", 1}, {5, "no such slot", 1}}));
    ::close(lock);
    BOOST_TEST(swept.has_value());
    BOOST_TEST((tree_of(d.staging() / "in") == std::vector<std::string>{"d 0", "d 1", "d 2", "f 2/busy"}));
}

BOOST_DATA_TEST_CASE(a_catalog_touches_nothing_of_another_one, data::make(each_kind), where) {
    destination d(where);
    BOOST_REQUIRE(ask(d).has_value());
    const auto other = d.scratch / "dest/.suprsync/other-uuid/data/in/0/17000/a";
    write_file(other, "theirs");
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->staged.empty());
    BOOST_TEST(fs::exists(other));
}

BOOST_AUTO_TEST_SUITE_END()

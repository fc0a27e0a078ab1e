// Where a base directory lies in its file system, from a line of /proc/self/mountinfo.
#include "net/remote/mount_record.hpp"

#include <boost/test/unit_test.hpp>

using namespace suprsync;

BOOST_AUTO_TEST_SUITE(mount_records)

namespace {

std::string place_of(const std::string& line, const std::string& real_path,
                     const std::string& machine = "boot") {
    const auto place = read_place(line, machine, real_path);
    return place ? place->machine + " " + place->file_system + " " + place->path : "none";
}

std::string mounted(const std::string& root, const std::string& at) {
    return "63 43 254:0 " + root + " " + at + " rw,relatime shared:1 - ext4 /dev/vda rw";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_directory_lies_below_what_its_mount_shows) {
    BOOST_TEST(place_of(mounted("/", "/"), "/data/base") == "boot 254:0 /data/base");
    BOOST_TEST(place_of(mounted("/", "/data"), "/data/base") == "boot 254:0 /base");
    BOOST_TEST(place_of(mounted("/", "/data"), "/data") == "boot 254:0 /");
    BOOST_TEST(place_of(mounted("/sub", "/mnt"), "/mnt/base") == "boot 254:0 /sub/base");
    BOOST_TEST(place_of(mounted("/sub", "/mnt"), "/mnt") == "boot 254:0 /sub");
}

BOOST_AUTO_TEST_CASE(blanks_and_backslashes_are_escaped_there) {
    BOOST_TEST(place_of(mounted("/a\\040b\\134c", "/m\\011n"), "/m\tn/x y") == "boot 254:0 /a b\\c/x y");
    BOOST_TEST(place_of(mounted("/a\\9", "/m"), "/m") == "boot 254:0 /a\\9");
    BOOST_TEST(place_of(mounted("/a\\", "/m"), "/m") == "boot 254:0 /a\\");
}

// Every mount of one file system of a server has the same number.
BOOST_AUTO_TEST_CASE(of_nfs_the_source_says_what_a_mount_shows) {
    const auto nfs = [](const std::string& source, const std::string& type = "nfs4") {
        return "90 43 0:45 / /mnt rw,relatime shared:9 - " + type + " " + source + " rw,vers=4.2";
    };
    BOOST_TEST(place_of(nfs("nas:/vol/a"), "/mnt/data") == "boot 0:45 /vol/a/data");
    BOOST_TEST(place_of(nfs("nas:/vol/b"), "/mnt/data") == "boot 0:45 /vol/b/data");
    BOOST_TEST(place_of(nfs("nas:/vol/a/sub\\040x"), "/mnt") == "boot 0:45 /vol/a/sub x");
    BOOST_TEST(place_of(nfs("[fe80::7]:/", "nfs"), "/mnt/data") == "boot 0:45 /data");
    BOOST_TEST(place_of(nfs("nas"), "/mnt/data") == "none");
    BOOST_TEST(place_of("90 43 0:45 / /mnt rw,relatime - tmpfs tmpfs rw", "/mnt/data") == "boot 0:45 /data");
}

BOOST_AUTO_TEST_CASE(what_is_no_mount_of_the_directory_tells_nothing) {
    BOOST_TEST(place_of(mounted("/", "/data"), "/data2") == "none");
    BOOST_TEST(place_of(mounted("/", "/other"), "/data") == "none");
    BOOST_TEST(place_of(mounted("/", "/"), "/data", "") == "none");
    for (const char* line :
         {"", " ", "63", "63 43 254:0", "63 43 254:0 /", "63 43 0:4 net:[4026532]  /run/netns/x"})
        BOOST_TEST(place_of(line, "/data") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

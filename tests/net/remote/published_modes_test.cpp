// Modes, groups and access control lists of what is published.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/publishing_destination.hpp"
#include "tests/support/net/printing.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(published_modes)

BOOST_DATA_TEST_CASE(directories_and_files_get_modes_as_chmod_says, data::make(every_place), where) {
    destination d(where);
    d.options.archive.chmod = "Du=rwx,Dg=rwx,Do=,Fu=rw,Fg=r,Fo=";
    ::chmod(d.base().c_str(), 0751);
    d.prepare();
    const auto item = d.make("17000/deep/a", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::published);
    BOOST_TEST(mode_of(d.base()) == 0751U);
    BOOST_TEST(mode_of(d.base() / "17000") == 0770U);
    BOOST_TEST(mode_of(d.base() / "17000/deep") == 0770U);
    BOOST_TEST(mode_of(d.base() / "17000/deep/a") == 0640U);
}

BOOST_DATA_TEST_CASE(a_private_umask_never_reaches_the_destination, data::make(each_kind), where) {
    const auto before = ::umask(077);
    publishing_destination d(where);
    const auto item = d.stage_one("17000/deep/a", "x");
    BOOST_TEST(d.publish_one(item).outcomes[0] == publish_outcome::published);
    ::umask(before);
    BOOST_TEST(mode_of(d.base() / "17000") == 0775U);
    BOOST_TEST((mode_of(d.base() / "17000/deep/a") & 0066U) == 0064U);
}

BOOST_DATA_TEST_CASE(setgid_and_default_acl_of_the_base_directory_reach_what_is_published,
                     data::make(each_kind), where) {
    destination d(where);
    ::chmod(d.base().c_str(), 02775);
    shell("setfacl -d -m u:daemon:rwx,g::rwx,o::rx '" + d.base().string() + "'");
    // An ordinary user tries it with the group that it has anyway.
    if (::geteuid() == 0) BOOST_REQUIRE(::chown(d.base().c_str(), static_cast<uid_t>(-1), 12345) == 0);
    d.prepare();
    const auto item = d.make("17000/deep/a", "x");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    BOOST_TEST(d.publish({item}).outcomes[0] == publish_outcome::published);
    struct stat base = {};
    struct stat directory = {};
    struct stat file = {};
    ::stat(d.base().c_str(), &base);
    ::stat((d.base() / "17000/deep").c_str(), &directory);
    ::stat((d.base() / "17000/deep/a").c_str(), &file);
    BOOST_TEST(directory.st_gid == base.st_gid);
    BOOST_TEST(file.st_gid == base.st_gid);
    BOOST_TEST((directory.st_mode & S_ISGID) != 0U);
    const auto acl = [&](const std::string& path) {
        return shell("getfacl -cp '" + (d.base() / path).string() + "'");
    };
    BOOST_TEST(acl("17000/deep").find("default:user:daemon:rwx") != std::string::npos);
    BOOST_TEST(acl("17000/deep/a").find("user:daemon:rwx") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

// What a destination is found to be: its base directory, its programs, and what the account may do there.
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

BOOST_AUTO_TEST_SUITE(preparing)

BOOST_DATA_TEST_CASE(the_facts_are_those_of_the_base_directory, data::make(every_place), where) {
    destination d(where);
    fs::create_directory_symlink(d.base(), d.scratch / "link to base");
    d.options.archive.remote_basedir = d.scratch / "link to base";
    const auto facts = ask(d);
    BOOST_REQUIRE_MESSAGE(facts.has_value(), (facts ? "" : facts.error().text()));
    struct stat base = {};
    BOOST_REQUIRE(::stat(d.base().c_str(), &base) == 0);
    BOOST_TEST(facts->base == d.base().string());
    BOOST_TEST(facts->identity.inode == base.st_ino);
    BOOST_TEST(facts->identity.file_system == shell("stat -f -c %i '" + d.base().string() + "'"));
    BOOST_TEST(!facts->base_created);
    BOOST_TEST(facts->staging == d.staging().string());
    BOOST_TEST(facts->staging_refused.empty());
    BOOST_TEST(facts->staged.empty());
    BOOST_TEST(files_below(d.scratch / "dest").empty());
}

BOOST_DATA_TEST_CASE(a_base_directory_that_is_missing_is_made_only_where_allowed, data::make(every_place),
                     where) {
    destination d(where);
    fs::remove(d.base());
    auto facts = ask(d);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::base_missing));
    BOOST_TEST(!fs::exists(d.base()));
    BOOST_TEST(!fs::exists(d.scratch / "dest/.suprsync"));
    facts = ask(d, true);
    BOOST_REQUIRE(facts.has_value());
    BOOST_TEST(facts->base_created);
    BOOST_TEST(fs::is_directory(d.base()));
}

BOOST_DATA_TEST_CASE(the_parent_of_the_base_directory_is_never_made, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.remote_basedir = d.scratch / "no such parent" / "base";
    const auto facts = ask(d, true);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::io));
    BOOST_TEST(facts.error().detail == "No such file or directory");
    BOOST_TEST(!fs::exists(d.scratch / "no such parent"));
}

BOOST_DATA_TEST_CASE(a_file_in_place_of_the_base_directory_is_no_missing_directory, data::make(each_kind),
                     where) {
    destination d(where);
    fs::remove(d.base());
    write_file(d.base(), "a file");
    const auto facts = ask(d, true);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::io));
    BOOST_TEST(facts.error().detail == "it is not a directory");
}

BOOST_DATA_TEST_CASE(another_directory_than_expected_is_refused_before_anything_is_made,
                     data::make(every_place), where) {
    destination d(where);
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_value());
    fs::remove_all(d.scratch / "dest/.suprsync");
    BOOST_TEST(ask(d, true, facts->identity).has_value());
    fs::remove_all(d.scratch / "dest/.suprsync");
    auto other = facts->identity;
    ++other.inode;
    const auto changed = ask(d, true, other);
    BOOST_REQUIRE(changed.has_error());
    BOOST_TEST((changed.error().code == failure_code::base_changed));
    BOOST_TEST(!fs::exists(d.scratch / "dest/.suprsync"));
    other = facts->identity;
    other.file_system += "0";
    BOOST_TEST(ask(d, false, other).has_error());
}

BOOST_AUTO_TEST_CASE(a_missing_program_is_named) {
    destination d;
    d.get();
    {
        const path_without path(d.scratch / "no md5sum", "md5sum");
        const auto facts = ask(d);
        BOOST_REQUIRE(facts.has_error());
        BOOST_TEST((facts.error().code == failure_code::missing_program));
        BOOST_TEST(facts.error().text().find("md5sum") != std::string::npos);
    }
    {
        const path_without path(d.scratch / "no rsync", "rsync");
        const auto facts = ask(d);
        BOOST_REQUIRE(facts.has_error());
        BOOST_TEST((facts.error().code == failure_code::missing_program));
        BOOST_TEST(facts.error().text().find("rsync") != std::string::npos);
    }
    {
        const path_without path(d.scratch / "no flock", "flock");
        BOOST_TEST(refusal_of_staging(ask(d)).find("flock") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_missing_ssh_is_named) {
    destination d(place::ssh);
    d.options.archive.chmod.clear();
    d.get();
    const path_without path(d.scratch / "no ssh", "ssh");
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::missing_program));
    BOOST_TEST(facts.error().text().find("ssh") != std::string::npos);
}

BOOST_DATA_TEST_CASE(a_chmod_that_rsync_does_not_take_is_told, data::make(each_kind), where) {
    destination d(where);
    d.options.archive.chmod = "bogus";
    const auto facts = ask(d);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::io));
    BOOST_TEST(facts.error().detail.find("chmod") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_account_that_may_not_write_there_is_not_permitted) {
    // Root may write everywhere, so the remote side is run as somebody else.
    destination d;
    d.get();
    if (::geteuid() != 0) {
        ::chmod(d.base().c_str(), 0555);
    } else {
        ::chmod(d.scratch.path().c_str(), 0755);
        ::chmod(d.base().c_str(), 0755);
        write_file(
            d.scratch / "bin/timeout",
            "#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/timeout \"$@\"\n");
        ::chmod((d.scratch / "bin/timeout").c_str(), 0755);
    }
    const std::string path = ::getenv("PATH");
    ::setenv("PATH", ((d.scratch / "bin").string() + ":" + path).c_str(), 1);
    auto facts = ask(d);
    BOOST_REQUIRE(facts.has_error());
    BOOST_TEST((facts.error().code == failure_code::not_permitted));
    // Where the base directory may be written and its parent may not, there is no place for staging.
    ::chmod(d.base().c_str(), 0777);
    if (::geteuid() != 0) ::chmod((d.scratch / "dest").c_str(), 0555);
    BOOST_TEST(refusal_of_staging(ask(d)).find("Permission denied") != std::string::npos);
    ::setenv("PATH", path.c_str(), 1);
    ::chmod((d.scratch / "dest").c_str(), 0755);
}

BOOST_AUTO_TEST_SUITE_END()

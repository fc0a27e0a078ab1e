// Places of this user alone, whoever else has their names.
#include "net/rsync/own_place.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/files.hpp"
#include "tests/support/only_where.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(own_places)

namespace {

std::string place(const fs::path& wanted) {
    const auto made = own_place(wanted);
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
    BOOST_TEST(mode_of(*made) == 0700U);
    return *made;
}

// Another one, by a name that nobody can guess, and the same for the next daemon.
void passed_by(const fs::path& wanted) {
    const auto taken = place(wanted);
    BOOST_TEST(taken.starts_with(wanted.string() + "-"));
    BOOST_TEST(taken.size() == wanted.string().size() + 7);
    BOOST_TEST(place(wanted) == taken);
    BOOST_TEST(own_places_made(wanted) == std::vector{taken}, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_that_is_missing_is_made_and_found_again) {
    scratch_directory scratch;
    const auto wanted = scratch / "above" / "own";
    BOOST_TEST(own_places_made(wanted).empty());
    BOOST_TEST(place(wanted) == wanted.string());
    BOOST_TEST(place(wanted) == wanted.string());
    BOOST_TEST(own_places_made(wanted) == std::vector{wanted.string()}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_that_others_may_change_is_passed_by) {
    scratch_directory scratch;
    for (unsigned mode : {0777U, 0770U, 0702U}) {
        const auto open = scratch / ("open" + std::to_string(mode));
        fs::create_directory(open);
        fs::permissions(open, static_cast<fs::perms>(mode));
        passed_by(open);
        BOOST_TEST(fs::is_empty(open));
    }
    fs::create_directory(scratch / "elsewhere");
    fs::permissions(scratch / "elsewhere", fs::perms::owner_all);
    fs::create_directory_symlink(scratch / "elsewhere", scratch / "link");
    passed_by(scratch / "link");
    BOOST_TEST(fs::is_empty(scratch / "elsewhere"));
    write_file(scratch / "file", "x");
    passed_by(scratch / "file");
    // Nor is one beside it taken that others may change.
    write_file(scratch / "other", "x");
    fs::create_directory(scratch / "other-aaaaaa");
    fs::permissions(scratch / "other-aaaaaa", fs::perms::all);
    passed_by(scratch / "other");
}

BOOST_AUTO_TEST_CASE(a_name_that_another_user_has_is_passed_by, *only_root_can("give a directory away")) {
    scratch_directory scratch;
    for (const char* name : {"own", "own-aaaaaa"}) {
        fs::create_directory(scratch / name);
        fs::permissions(scratch / name, fs::perms::owner_all);
        BOOST_REQUIRE(::chown((scratch / name).c_str(), 65534, 65534) == 0);
    }
    passed_by(scratch / "own");
}

BOOST_AUTO_TEST_SUITE_END()

// A private place for control sockets: nobody else's, and nothing left of processes that are gone.
#include "net/rsync/runtime_directory.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "tests/support/files.hpp"
#include "tests/support/only_root.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

namespace {

unsigned mode_of(const fs::path& path) {
    struct stat found = {};
    BOOST_REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777U;
}

runtime_directory make(const fs::path& parent) {
    auto made = runtime_directory::make(parent);
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
    return std::move(*made);
}

void refused(const fs::path& parent) {
    const auto made = runtime_directory::make(parent);
    BOOST_REQUIRE(made.has_error());
    BOOST_TEST((made.error().code == failure_code::not_permitted), made.error().text());
    BOOST_TEST(made.error().text().find(parent.string()) != std::string::npos);
    BOOST_TEST(made.error().text().find("XDG_RUNTIME_DIR") != std::string::npos);
}

/// The number of a process that has been.
pid_t pid_of_the_past() {
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(0);
    BOOST_REQUIRE(::waitpid(pid, nullptr, 0) == pid);
    return pid;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_directories)

BOOST_AUTO_TEST_CASE(a_runtime_directory_is_private_and_goes_with_its_owner) {
    scratch_directory scratch;
    const auto parent = scratch / "above" / "run";
    const auto before = ::umask(0);
    std::string path;
    {
        const auto made = make(parent);
        ::umask(before);
        path = made.path();
        BOOST_TEST(path.starts_with(parent.string() + "/" + std::to_string(::getpid()) + "."));
        BOOST_TEST(mode_of(parent) == 0700U);
        BOOST_TEST(mode_of(path) == 0700U);
        write_file(fs::path(path) / "t0/17000/x", "left by somebody who was cancelled");
    }
    BOOST_TEST(!fs::exists(path));
    BOOST_TEST(fs::is_directory(parent));
}

BOOST_AUTO_TEST_CASE(two_directories_of_one_process_differ_and_names_are_handed_out_once) {
    scratch_directory scratch;
    auto one = make(scratch / "run");
    auto two = make(scratch / "run");
    BOOST_TEST(one.path() != two.path());
    BOOST_TEST(fs::exists(one.path()));
    std::set<std::string> names;
    for (int i = 0; i < 100; ++i)
        for (auto* directory : {&one, &two})
            for (const char* prefix : {"c", "t"}) {
                const auto name = directory->next(prefix);
                BOOST_TEST(name.starts_with(directory->path() + "/" + prefix));
                BOOST_TEST(names.insert(name).second);
            }
    // A name goes on after a move, and short enough for a Unix socket.
    auto moved = std::move(one);
    BOOST_TEST(names.insert(moved.next("c")).second);
    BOOST_TEST(moved.next("c").size() <= moved.path().size() + 10);
}

BOOST_AUTO_TEST_CASE(what_dead_processes_left_is_removed_and_nothing_else) {
    scratch_directory scratch;
    const auto parent = scratch / "run";
    fs::create_directory(parent);
    fs::permissions(parent, fs::perms::owner_all);
    const auto gone = std::to_string(pid_of_the_past());
    write_file(parent / (gone + ".0") / "c0", "x");
    write_file(parent / (gone + ".12") / "t0/deep/x", "x");
    const std::vector<std::string> foreign = {"1.0",      "x",    gone,  gone + "x.0",
                                              "." + gone, "-1.0", "0.0", "999999999999999999.0"};
    // Of living processes, and names that are none of ours.
    for (const auto& name : foreign) write_file(parent / name / "keep", "x");
    // In a container every start has the same pid: what carries ours is of an earlier process.
    write_file(parent / (std::to_string(::getpid()) + ".999") / "c0", "x");
    const auto made = make(parent);
    BOOST_TEST(!fs::exists(parent / (gone + ".0")));
    BOOST_TEST(!fs::exists(parent / (gone + ".12")));
    BOOST_TEST(!fs::exists(parent / (std::to_string(::getpid()) + ".999")));
    for (const auto& name : foreign) BOOST_TEST(fs::exists(parent / name / "keep"), name);
    const auto second = make(parent);
    BOOST_TEST(fs::exists(made.path()));
}

BOOST_AUTO_TEST_CASE(a_directory_that_others_may_change_is_refused) {
    scratch_directory scratch;
    for (unsigned mode : {0777U, 0770U, 0702U}) {
        const auto open = scratch / ("open" + std::to_string(mode));
        fs::create_directory(open);
        fs::permissions(open, static_cast<fs::perms>(mode));
        refused(open);
        BOOST_TEST(fs::is_empty(open));
    }
    fs::create_directory(scratch / "elsewhere");
    fs::permissions(scratch / "elsewhere", fs::perms::owner_all);
    fs::create_directory_symlink(scratch / "elsewhere", scratch / "link");
    refused(scratch / "link");
    BOOST_TEST(fs::is_empty(scratch / "elsewhere"));
    write_file(scratch / "file", "x");
    refused(scratch / "file");
}

BOOST_AUTO_TEST_CASE(a_directory_of_another_user_is_refused, *only_root_can("give a directory away")) {
    scratch_directory scratch;
    fs::permissions(scratch.path(), fs::perms::owner_all);
    BOOST_REQUIRE(::chown(scratch.path().c_str(), 65534, 65534) == 0);
    refused(scratch.path());
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_made_is_told) {
    scratch_directory scratch;
    write_file(scratch / "file", "x");
    const auto made = runtime_directory::make(scratch / "file" / "below" / "run");
    BOOST_REQUIRE(made.has_error());
    BOOST_TEST((made.error().code == failure_code::io), made.error().text());
}

BOOST_AUTO_TEST_SUITE_END()

// A private place for control sockets: nobody else's, and nothing left of processes that are gone.
#include "net/rsync/runtime_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <set>

#include "net/process/guardian.hpp"
#include "tests/support/daemon.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(runtime_directories)

namespace {

runtime_directory make(const fs::path& parent) {
    auto made = runtime_directory::make({parent});
    BOOST_REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
    return std::move(*made);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_runtime_directory_is_private_and_goes_with_its_owner) {
    scratch_directory scratch;
    const auto parent = scratch / "above" / "run";
    const auto before = ::umask(0);
    std::string path;
    {
        const auto made = make(parent);
        ::umask(before);
        path = made.path();
        BOOST_TEST(path.starts_with(parent.string() + "/run-"));
        BOOST_TEST(path.find(std::to_string(::getpid())) == std::string::npos);
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

// Whatever its number was: in another pid namespace it says nothing.
BOOST_AUTO_TEST_CASE(what_nobody_has_locked_is_removed_and_nothing_else) {
    scratch_directory scratch;
    const auto parent = scratch / "run";
    const auto living = make(parent);
    write_file(fs::path(living.path()) / "c0", "x");
    write_file(parent / "run-abcdef" / "t0/deep/x", "x");
    const std::vector<std::string> foreign = {"1.0", "x", "4711.0", "running"};
    for (const auto& name : foreign) write_file(parent / name / "keep", "x");
    const auto made = make(parent);
    BOOST_TEST(!fs::exists(parent / "run-abcdef"));
    BOOST_TEST(fs::exists(fs::path(living.path()) / "c0"));
    for (const auto& name : foreign) BOOST_TEST(fs::exists(parent / name / "keep"), name);
    // What its owner no longer has is locked by nobody.
    const auto pid = ::fork();
    if (pid == 0) {
        auto abandoned = runtime_directory::make({parent});
        write_file(fs::path(abandoned.value().path()) / "c0", "x");
        ::_exit(0);
    }
    BOOST_REQUIRE(::waitpid(pid, nullptr, 0) == pid);
    const auto count = [&] {
        return std::count_if(fs::directory_iterator(parent), fs::directory_iterator(), [](const auto& entry) {
            return entry.path().filename().string().starts_with("run-");
        });
    };
    BOOST_TEST(count() == 3);
    const auto last = make(parent);
    BOOST_TEST(count() == 3);
}

// The guardian may be killed with its daemon: a connection would stay for ever.
BOOST_AUTO_TEST_CASE(connections_of_a_dead_daemon_are_ended_and_no_others) {
    scratch_directory scratch;
    const auto parent = scratch / "run";
    const auto living = make(parent);
    const auto process = [&](const std::string& socket, const char* variable, const std::string& script) {
        return std::make_unique<daemon_process>(
            std::vector<std::string>{"/bin/sh", "-c", script + "echo $1 is up; while :; do sleep 0.1; done",
                                     "sh", socket},
            std::map<std::string, std::string>{{variable, "1-2-3"}}, scratch / "log");
    };
    write_file(parent / "run-abcdef" / "c0", "x");
    const auto dead = (parent / "run-abcdef/c0").string();
    const std::string mark = guardian::mark_variable;
    const auto left = process(dead, mark.c_str(), "");
    const auto deaf = process(dead, mark.c_str(), "trap '' TERM; ");
    const auto of_somebody = process(dead, "SOMETHING", "");
    const auto of_the_living = process(living.path() + "/c0", mark.c_str(), "");
    wait_until("all run", [&] { return left->lines_with(" is up") == 4; });
    const auto made = make(parent);
    BOOST_TEST(left->wait().text() == "signal " + std::to_string(SIGTERM));
    BOOST_TEST(deaf->wait().text() == "signal " + std::to_string(SIGKILL));
    for (const auto& other : {&of_somebody, &of_the_living}) BOOST_TEST(!(*other)->ended().has_value());
}

// One that is made and not locked yet would be swept.
BOOST_AUTO_TEST_CASE(while_somebody_makes_one_nobody_else_does) {
    scratch_directory scratch;
    const auto parent = scratch / "run";
    fs::create_directory(parent);
    fs::permissions(parent, fs::perms::owner_all);
    const int turn = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    BOOST_REQUIRE(::flock(turn, LOCK_EX) == 0);
    auto made = std::async(std::launch::async, [&] { return runtime_directory::make({parent}); });
    BOOST_TEST((made.wait_for(std::chrono::milliseconds(200)) == std::future_status::timeout));
    BOOST_TEST(fs::is_empty(parent));
    ::close(turn);
    BOOST_TEST(made.get().has_value());
}

BOOST_AUTO_TEST_CASE(a_directory_that_vanishes_is_made_anew) {
    scratch_directory scratch;
    auto made = make(scratch / "run");
    const auto before = made.path();
    BOOST_TEST(made.stands());
    fs::remove_all(scratch / "run");
    BOOST_TEST(!made.stands());
    const auto name = made.next("t");
    BOOST_TEST(made.stands());
    BOOST_TEST(made.path() != before);
    BOOST_TEST(name.starts_with(made.path()));
    BOOST_TEST(mode_of(made.path()) == 0700U);
    // One that somebody else made under its name is not it.
    const auto taken = made.path();
    fs::rename(taken, scratch / "moved");
    fs::create_directory(taken);
    BOOST_TEST(!made.stands());
    made.next("t");
    BOOST_TEST(made.path() != taken);
}

BOOST_AUTO_TEST_CASE(a_directory_that_somebody_else_made_under_its_name_does_not_go_with_it) {
    scratch_directory scratch;
    fs::path taken;
    {
        const auto made = make(scratch / "run");
        taken = made.path();
        fs::rename(taken, scratch / "moved");
        write_file(taken / "socket", "of another daemon");
    }
    BOOST_TEST(read_file(taken / "socket") == "of another daemon");
}

BOOST_AUTO_TEST_CASE(where_the_first_place_is_gone_the_next_one_is_taken) {
    scratch_directory scratch;
    auto made = runtime_directory::make({scratch / "session" / "run", scratch / "other"}).value();
    BOOST_TEST(made.path().starts_with((scratch / "session").string()));
    fs::remove_all(scratch / "session");
    write_file(scratch / "session", "no directory");
    BOOST_TEST(made.next("c").starts_with((scratch / "other").string()));
    BOOST_TEST(made.stands());
}

BOOST_AUTO_TEST_CASE(where_somebody_else_has_the_name_another_one_is_taken) {
    scratch_directory scratch;
    write_file(scratch / "taken", "x");
    const auto one = make(scratch / "taken"), two = make(scratch / "taken");
    BOOST_TEST(one.path().starts_with((scratch / "taken-").string()));
    BOOST_TEST((fs::path(one.path()).parent_path() == fs::path(two.path()).parent_path()));
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_made_is_told) {
    scratch_directory scratch;
    write_file(scratch / "file", "x");
    const auto made = runtime_directory::make({scratch / "file" / "below" / "run"});
    BOOST_REQUIRE(made.has_error());
    BOOST_TEST((made.error().code == failure_code::io), made.error().text());
}

BOOST_AUTO_TEST_SUITE_END()

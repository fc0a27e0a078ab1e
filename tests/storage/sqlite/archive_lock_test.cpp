// Only one daemon works on an archive of a catalog (spec, One daemon for an archive), whatever process it is
// and however it ends.
#include "storage/sqlite/archive_lock.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/support/files.hpp"
#include "tests/support/storage/open_database.hpp"

namespace fs = std::filesystem;

namespace suprsync::test {

BOOST_AUTO_TEST_SUITE(archive_locks)

namespace {

std::string refusal(const fs::path& database, const std::string& archive_name = archive) {
    const auto lock = archive_lock::take(database, archive_name, "second");
    if (lock) return "taken";
    return std::string(name_of(lock.error().code)) + ": " + lock.error().text();
}

// A process that keeps the archive locked until it is killed; `child_with_lock`: a child of it has the lock,
// too.
pid_t locking_process(const fs::path& database, pid_t* child_with_lock = nullptr) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        const auto lock = archive_lock::take(database, archive, "first");
        const char said = lock ? 'y' : 'n';
        const pid_t its_child = child_with_lock ? ::fork() : 0;
        if (child_with_lock && its_child == 0)
            while (true) ::pause();
        if (::write(ends[1], &said, 1) != 1 || ::write(ends[1], &its_child, sizeof its_child) < 1) ::_exit(1);
        while (true) ::pause();
    }
    char said = 0;
    BOOST_REQUIRE(::read(ends[0], &said, 1) == 1);
    BOOST_REQUIRE(said == 'y');
    pid_t its_child = 0;
    BOOST_REQUIRE(::read(ends[0], &its_child, sizeof its_child) == sizeof its_child);
    if (child_with_lock) *child_with_lock = its_child;
    ::close(ends[0]);
    ::close(ends[1]);
    return child;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_second_one_is_told_who_has_the_lock) {
    scratch_directory scratch;
    const auto database = scratch / "db";
    auto lock = archive_lock::take(database, archive, "first");
    BOOST_REQUIRE(lock.has_value());
    const auto said = refusal(database);
    BOOST_TEST(said.starts_with("held: cannot hold archive 'data': it is held by process " +
                                std::to_string(::getpid()) + " on host "),
               said);
    BOOST_TEST(said.find("instance first") != std::string::npos, said);
    BOOST_TEST(said.find(archive_lock::lock_file(database, archive).string()) != std::string::npos, said);
    BOOST_TEST(refusal(database, "other") == "taken");
    BOOST_TEST(refusal(scratch / "other.db") == "taken");
    lock->reset();
    BOOST_TEST(refusal(database) == "taken");
}

BOOST_AUTO_TEST_CASE(an_archive_is_unlocked_when_its_process_is_killed) {
    scratch_directory scratch;
    const auto child = locking_process(scratch / "db");
    const auto said = refusal(scratch / "db");
    BOOST_TEST(said.find("process " + std::to_string(child)) != std::string::npos, said);
    BOOST_REQUIRE(::kill(child, SIGKILL) == 0);
    BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
    BOOST_TEST(refusal(scratch / "db") == "taken");
}

// A child that it was just starting has what the dead one had open, for as long as the start takes.
BOOST_AUTO_TEST_CASE(what_a_dead_process_left_locked_is_waited_for) {
    scratch_directory scratch;
    pid_t child_with_lock = 0;
    const auto child = locking_process(scratch / "db", &child_with_lock);
    int tries = 0;
    const auto take = [&](const std::function<void()>& between) {
        tries = 0;
        return archive_lock::take(scratch / "db", archive, "second", [&] { ++tries, between(); });
    };
    BOOST_TEST(take([] {}).error().text().find("process " + std::to_string(child)) != std::string::npos);
    BOOST_TEST(tries == 4);  // it lives
    BOOST_REQUIRE(::kill(child, SIGKILL) == 0);
    // Before it is reaped, and after.
    ::siginfo_t ended{};
    BOOST_REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) == 0);
    BOOST_TEST((take([] {}).error().code == failure_code::archive_held));
    BOOST_TEST(tries == 199);
    BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
    const auto taken = take([&] {
        if (tries == 100) ::kill(child_with_lock, SIGKILL);
        if (tries > 100) archive_lock::pause();
    });
    BOOST_TEST(taken.has_value());
    BOOST_TEST(tries >= 100);
    if (!taken) ::kill(child_with_lock, SIGKILL);
}

BOOST_AUTO_TEST_CASE(one_lock_counts_by_whatever_name_the_database_goes) {
    scratch_directory scratch;
    write_file(scratch / "real/db", "");
    fs::create_directory_symlink(scratch / "real", scratch / "link");
    fs::create_symlink(scratch / "real/db", scratch / "alias.db");
    const auto lock = archive_lock::take(scratch / "link/db", archive, "first");
    BOOST_TEST(refusal(scratch / "real/db").starts_with("held: "));
    BOOST_TEST(refusal(scratch / "alias.db").starts_with("held: "));
    BOOST_TEST(refusal(scratch / "real/../link/db").starts_with("held: "));
}

BOOST_AUTO_TEST_CASE(every_archive_has_a_file_of_its_own) {
    scratch_directory scratch;
    const auto database = scratch / "db";
    const strings names = {"a",
                           "A",
                           "a b",
                           "a%20b",
                           "a/b",
                           "a\nb",
                           "\xc3\xa4",
                           "a.lock",
                           "a.b",
                           "a%2fb",
                           "a%2F",
                           "..",
                           "a'b",
                           "-a",
                           std::string(300, 'x'),
                           std::string(299, 'x') + "y"};
    std::vector<std::unique_ptr<archive_lock>> locks;
    std::vector<fs::path> files;
    for (const auto& name : names) {
        auto lock = archive_lock::take(database, name, "first");
        BOOST_REQUIRE_MESSAGE(lock, name);
        locks.push_back(std::move(*lock));
        files.push_back(archive_lock::lock_file(database, name));
        BOOST_TEST(files.back().parent_path() == fs::canonical(scratch.path()));
        BOOST_TEST(fs::exists(files.back()));
    }
    std::sort(files.begin(), files.end());
    BOOST_TEST((std::adjacent_find(files.begin(), files.end()) == files.end()));
}

BOOST_AUTO_TEST_CASE(all_archives_are_locked_at_once_or_none) {
    scratch_directory scratch;
    const auto database = scratch / "db";
    write_file(database, "");
    BOOST_TEST(archive_lock::take_all(database, "doctor").value().empty());
    for (const std::string name : {"a/b", "data"}) BOOST_REQUIRE(archive_lock::take(database, name, "first"));
    write_file(scratch / "db.lock", "");
    write_file(scratch / "other.db.x.lock", "");
    {
        const auto all = archive_lock::take_all(database, "doctor");
        BOOST_REQUIRE(all.has_value());
        BOOST_TEST(all->size() == 2U);
        BOOST_TEST(refusal(database, "a/b").find("instance doctor") != std::string::npos);
        BOOST_TEST(refusal(database).find("instance doctor") != std::string::npos);
    }
    const auto lock = archive_lock::take(database, "a/b", "first");
    fs::create_directory_symlink(scratch.path(), scratch / "link");
    const auto refused = archive_lock::take_all(scratch / "link/db", "doctor");
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::archive_held));
    BOOST_TEST(refused.error().subject == "archive 'a/b'");
    BOOST_TEST(refused.error().detail.find("instance first") != std::string::npos);
    BOOST_TEST(refusal(database) == "taken");
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written) {
    scratch_directory scratch;
    const auto said = refusal(scratch / "none/db");
    BOOST_TEST(said.starts_with("io: cannot hold archive 'data': "), said);
    BOOST_TEST(said.find((scratch / "none").string()) != std::string::npos, said);
}

BOOST_AUTO_TEST_CASE(a_catalog_keeps_its_lock_until_it_is_destroyed) {
    open_database one, other;
    one.open().value();
    other.options.path = one.path();
    other.options.instance_id = "other";
    other.open().value();
    BOOST_TEST(one.catalog().lock_archive(archive).has_value());
    const auto refused = other.catalog().lock_archive(archive);
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().code == failure_code::archive_held));
    BOOST_TEST(refused.error().detail.find("instance srv") != std::string::npos);
    BOOST_TEST(other.catalog().lock_archive("other").has_value());
    one.close();
    BOOST_TEST(other.catalog().lock_archive(archive).has_value());
}

BOOST_AUTO_TEST_CASE(whether_it_is_held_is_asked_without_taking_it) {
    scratch_directory scratch;
    const auto database = scratch / "db";
    BOOST_TEST(!archive_lock::is_locked(database, archive));
    BOOST_TEST(!fs::exists(archive_lock::lock_file(database, archive)));
    {
        const auto lock = archive_lock::take(database, archive, "first");
        BOOST_TEST(archive_lock::is_locked(database, archive));
        BOOST_TEST(!archive_lock::is_locked(database, "other"));
    }
    BOOST_TEST(!archive_lock::is_locked(database, archive));
    const auto child = locking_process(database);
    BOOST_TEST(archive_lock::is_locked(database, archive));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    BOOST_TEST(!archive_lock::is_locked(database, archive));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace suprsync::test

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "storage/disk/whole_file.hpp"
#include "tests/storage/disk/refused_call.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(local_disk_changes)

BOOST_AUTO_TEST_CASE(only_the_file_that_was_seen_is_removed) {
    scratch_directory place;
    const auto path = place / "file";
    running_disk d;
    const auto remove = [&](const file_identity& expected) {
        return told(d.remove({path.string(), 7, expected}));
    };
    const auto anew = [&] {
        write_file(path, "12345");
        set_mtime(path, 1000);
        return d.stat(path).value();
    };
    auto seen = anew();
    write_file(path, "123456");
    set_mtime(path, 1000);
    BOOST_TEST(remove(seen).starts_with("changed: "));
    seen = anew();
    set_mtime(path, 1000.000001);
    BOOST_TEST(remove(seen).starts_with("changed: "));
    seen = anew();
    write_file(place / "other", "12345");
    set_mtime(place / "other", 1000);
    fs::rename(place / "other", path);
    BOOST_TEST(remove(seen).starts_with("changed: "));
    BOOST_TEST(read_file(path) == "12345");
    seen = anew();
    BOOST_TEST(remove(seen) == "done");
    BOOST_TEST(!fs::exists(path));
    BOOST_TEST(remove(seen).starts_with("not_found: "));
    fs::create_directory(path);
    BOOST_TEST(remove(seen).starts_with("invalid: "));
    BOOST_TEST(fs::is_directory(path));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_removed_names_the_directory_and_the_user) {
    scratch_directory place;
    fs::permissions(place.path(), fs::perms(0755));
    write_file(place / "closed/file", "x");
    fs::permissions(place / "closed/file", fs::perms(0666));
    fs::permissions(place / "closed", fs::perms(0555));
    const auto path = (place / "closed/file").string();
    const auto said = as_ordinary_user([&] {
        running_disk d;
        const auto seen = d.stat(path).value();
        return told(d.remove({path, 7, seen})) + "\n" + told(d.wait(d.disk->discard(path))) + "\n" +
               told(d.wait(d.disk->write_whole(path + "2", "x"))) + "\n" +
               told(d.wait(d.disk->write_whole((place / "closed/new/file").string(), "x")));
    });
    fs::permissions(place / "closed", fs::perms(0755));
    BOOST_TEST(read_file(path) == "x");
    BOOST_TEST(names_in(place / "closed") == strings{"file"}, boost::test_tools::per_element());
    const auto because =
        ": Permission denied: the directory " + (place / "closed").string() + " is not writable for user ";
    BOOST_TEST(said.find("not_permitted: cannot delete " + path + because) == 0U, said);
    BOOST_TEST(said.find("not_permitted: cannot write " + path + "2" + because) != std::string::npos, said);
    BOOST_TEST(said.find("not_permitted: cannot make the directory " + (place / "closed/new").string() +
                         because) != std::string::npos,
               said);
}

BOOST_AUTO_TEST_CASE(discarding_removes_a_file_and_bears_its_absence) {
    scratch_directory place;
    write_file(place / "file", "x");
    running_disk d;
    BOOST_TEST(told(d.wait(d.disk->discard((place / "file").string()))) == "done");
    BOOST_TEST(!fs::exists(place / "file"));
    BOOST_TEST(told(d.wait(d.disk->discard((place / "file").string()))) == "done");
    BOOST_TEST(told(d.wait(d.disk->discard((place / "none/file").string()))) == "done");
    BOOST_TEST(told(d.wait(d.disk->discard(place.path().string()))) != "done");
}

BOOST_AUTO_TEST_CASE(discarding_removes_what_a_kill_left_of_a_file_that_was_being_written) {
    scratch_directory place;
    running_disk d;
    for (const auto& name : {std::string("file"), std::string(250, 'x') + ".yaml"}) {
        const auto path = (place / name).string();
        const auto child = ::fork();
        if (child == 0) {
            const ::rlimit five_bytes{5, 5};
            ::setrlimit(RLIMIT_FSIZE, &five_bytes);
            std::signal(SIGXFSZ, SIG_DFL);
            write_whole_file(path, "longer");
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ));
        BOOST_TEST(names_in(place.path()).size() == 1U);
        BOOST_TEST(!fs::exists(path));
        BOOST_TEST(told(d.wait(d.disk->discard(path))) == "done");
        BOOST_TEST(names_in(place.path()).empty());
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_written_whole) {
    scratch_directory place;
    const auto path = place / "17000/srv20/file.yaml";
    running_disk d;
    const auto text = random_content(300'000, 3);
    const auto made = d.wait(d.disk->write_whole(path.string(), text));
    BOOST_TEST(told(made) == "done");
    BOOST_TEST((read_file(path) == text));
    BOOST_TEST((made.value() == d.stat(path).value()));
    BOOST_TEST(told(d.wait(d.disk->write_whole(path.string(), "new"))) == "done");
    BOOST_TEST(read_file(path) == "new");
    BOOST_TEST(told(d.wait(d.disk->write_whole(path.string(), ""))) == "done");
    BOOST_TEST(read_file(path).empty());
    BOOST_TEST(names_in(path.parent_path()) == strings{"file.yaml"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_could_not_be_written) {
    scratch_directory place;
    running_disk d;
    fs::create_directories(place / "taken/inside");
    write_file(place / "file", "x");
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / "taken").string(), "x"))) != "done");
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / "file/below").string(), "x"))) != "done");
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / std::string(300, 'x')).string(), "x"))) != "done");
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / "x").string() + std::string("\0y", 2), "x"))) !=
               "done");
    BOOST_TEST(names_in(place.path()) == (strings{"file", "taken"}), boost::test_tools::per_element());
}

// It would not be synced by the attempt that finds it.
BOOST_AUTO_TEST_CASE(a_directory_whose_name_is_not_on_the_disk_is_not_left) {
    scratch_directory place;
    const auto path = (place / "new/deeper/file").string();
    without_call(SYS_fsync, EIO, [&] { BOOST_TEST(!write_whole_file(path, "x").has_value()); });
    BOOST_TEST(names_in(place.path()).empty());
    BOOST_TEST(write_whole_file(path, "x").has_value());
}

// A full disk, played by a limit on the size of files.
BOOST_AUTO_TEST_CASE(a_write_that_fails_halfway_leaves_the_old_file) {
    scratch_directory place;
    fs::permissions(place.path(), fs::perms(0777));
    write_file(place / "file", "old");
    rlimit usual{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &usual) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{100'000, usual.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    running_disk d;
    const auto said = told(d.wait(d.disk->write_whole((place / "file").string(), std::string(300'000, 'x'))));
    ::setrlimit(RLIMIT_FSIZE, &usual);
    std::signal(SIGXFSZ, handler);
    BOOST_TEST(said.starts_with("io: cannot write " + (place / "file").string()), said);
    BOOST_TEST(read_file(place / "file") == "old");
    BOOST_TEST(names_in(place.path()) == strings{"file"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

#include "storage/disk/local_disk.hpp"

#include <grp.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>

#include "storage/disk/digest_task.hpp"
#include "tests/support/files.hpp"
#include "tests/support/scratch_directory.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

// A disk with its loop; `wait` runs the loop until an operation has ended.
struct running_disk {
    asio::io_context loop;
    std::unique_ptr<local_disk> disk;

    explicit running_disk(int threads = 2) : disk(make_local_disk(loop.get_executor(), threads)) {}

    template <class T>
    T wait(asio::awaitable<T> operation) {
        std::optional<T> outcome;
        asio::co_spawn(loop, std::move(operation), [&outcome](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            outcome.emplace(std::move(value));
        });
        // A thread that lets go of the loop late, after the last result, stops it once more.
        while (!outcome) {
            loop.restart();
            loop.run_one();
        }
        return std::move(*outcome);
    }

    template <class T>
    std::shared_ptr<std::optional<T>> begin(asio::awaitable<T> operation) {
        auto outcome = std::make_shared<std::optional<T>>();
        asio::co_spawn(loop, std::move(operation), [outcome](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            outcome->emplace(std::move(value));
        });
        return outcome;
    }

    result<local_digest> digest(const fs::path& path) { return wait(disk->digest({path.string()})).at(0); }
    result<file_identity> stat(const fs::path& path) { return wait(disk->stat({path.string()})).at(0); }
};

using digests = std::vector<result<local_digest>>;

// A file that takes half a minute to read and no space.
void make_huge(const fs::path& path) {
    write_file(path, "");
    fs::resize_file(path, 20ULL << 30);
}

bool is_open_here(const fs::path& path) {
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (fs::read_symlink(entry.path(), gone) == path) return true;
    }
    return false;
}

// Runs `work` as a user for whom permissions count (root needs a child process for that), and returns what
// it returns.
std::string as_ordinary_user(const std::function<std::string()>& work) {
    if (::geteuid() != 0) return work();
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
        constexpr ::uid_t nobody = 65534;
        const bool dropped = ::setgroups(0, nullptr) == 0 && ::setgid(nobody) == 0 && ::setuid(nobody) == 0;
        const auto text = dropped ? work() : "cannot change the user";
        const auto sent = ::write(ends[1], text.data(), text.size());
        ::_exit(sent == static_cast<::ssize_t>(text.size()) ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    char piece[4096];
    for (::ssize_t n; (n = ::read(ends[0], piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(status == 0);
    return text;
}

template <class T>
std::string told(const result<T>& outcome) {
    if (outcome) return "done";
    return std::string(name_of(outcome.error().code)) + ": " + outcome.error().text();
}

// Names in a directory, hidden ones too.
std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

void make_socket(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
}

using strings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(local_disk_looking)

BOOST_AUTO_TEST_CASE(each_path_has_its_own_answer) {
    scratch_directory place;
    write_file(place / "file", "12345");
    set_mtime(place / "file", 1661284493.5);
    fs::create_symlink("file", place / "link");
    fs::create_symlink("nowhere", place / "dangling");
    fs::create_symlink("loop", place / "loop");
    BOOST_REQUIRE(::mkfifo((place / "fifo").c_str(), 0644) == 0);
    make_socket(place / "socket");
    const auto path = [&](const std::string& name) { return (place / name).string(); };
    running_disk d;
    const auto seen =
        d.wait(d.disk->stat({path("file"), path("link"), path("dangling"), path("none/x"), path("file/x"),
                             place.path().string(), path("fifo"), path("socket"), "/dev/null", path("loop"),
                             path("") + std::string(300, 'x'), path("file") + std::string("\0x", 2), ""}));
    BOOST_REQUIRE(seen.size() == 13U);
    BOOST_TEST(seen[0]->size == 5U);
    BOOST_TEST(seen[0]->mtime_ns == 1661284493500000000);
    BOOST_TEST((*seen[1] == *seen[0]));
    for (const int i : {2, 3, 4, 12})
        BOOST_TEST((seen.at(static_cast<std::size_t>(i)).error().code == failure_code::not_found));
    const char* kinds[] = {"a directory", "a FIFO", "a socket", "a device"};
    for (std::size_t i = 5; i < 9; ++i) {
        BOOST_TEST((seen[i].error().code == failure_code::invalid));
        BOOST_TEST(seen[i].error().detail.find(kinds[i - 5]) != std::string::npos, seen[i].error().detail);
    }
    for (const int i : {9, 10, 11})
        BOOST_TEST((seen.at(static_cast<std::size_t>(i)).error().code == failure_code::invalid));
}

BOOST_AUTO_TEST_CASE(ten_thousand_at_once) {
    scratch_directory place;
    strings paths;
    for (int i = 0; i < 10'000; ++i) {
        paths.push_back((place / std::to_string(i)).string());
        if (i % 2 == 0) write_file(paths.back(), std::string(static_cast<std::size_t>(i % 7), 'x'));
    }
    running_disk d;
    const auto seen = d.wait(d.disk->stat(paths));
    BOOST_REQUIRE(seen.size() == paths.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < seen.size(); ++i)
        if (seen[i].has_value() != (i % 2 == 0) || (seen[i] && seen[i]->size != i % 7)) ++wrong;
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(d.wait(d.disk->stat({})).empty());
}

BOOST_AUTO_TEST_CASE(names_that_are_no_utf8) {
    scratch_directory place;
    const auto path = place / "not utf8 \xff\n";
    write_file(path, "abc");
    running_disk d;
    BOOST_TEST(d.stat(path).value().size == 3U);
    BOOST_TEST(d.digest(path).value().md5 == md5_of("abc"));
    BOOST_TEST(d.wait(d.disk->resolve({path.string()})).at(0).value().path == fs::canonical(path).string());
    BOOST_TEST(told(d.wait(d.disk->remove(path.string(), d.stat(path).value()))) == "done");
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(real_paths) {
    scratch_directory place;
    write_file(place / "a/b/file", "x");
    fs::create_directory_symlink(place / "a/b", place / "link");
    running_disk d;
    const auto real =
        d.wait(d.disk->resolve({(place / "link/../b/./file").string(), (place / "link").string(),
                                (place / "none").string(), std::string("/\0", 2)}));
    BOOST_TEST(real[0].value().path == fs::canonical(place / "a/b/file").string());
    BOOST_TEST(real[1].value().path == fs::canonical(place / "a/b").string());
    BOOST_TEST((real[2].error().code == failure_code::not_found));
    BOOST_TEST((real[3].error().code == failure_code::invalid));
}

BOOST_AUTO_TEST_CASE(real_paths_of_files_that_share_directories) {
    scratch_directory place;
    write_file(place / "a/b/file", "x");
    write_file(place / "a/b/other", "x");
    fs::create_directory_symlink(place / "a/b", place / "link");
    fs::create_symlink(place / "a/b/other", place / "a/b/moved");
    running_disk d;
    const auto real = d.wait(d.disk->resolve({(place / "link/file").string(), (place / "link/other").string(),
                                              (place / "link/moved").string(), (place / "link/none").string(),
                                              (place / "link/").string(), (place / "link/..").string(),
                                              (place / "none/file").string(), "/dev", "/"}));
    BOOST_TEST(real[0].value().path == fs::canonical(place / "a/b/file").string());
    BOOST_TEST(real[1].value().path == fs::canonical(place / "a/b/other").string());
    BOOST_TEST(real[2].value().path == fs::canonical(place / "a/b/other").string());
    BOOST_TEST((real[3].error().code == failure_code::not_found));
    BOOST_TEST(real[4].value().path == fs::canonical(place / "a/b").string());
    BOOST_TEST(real[5].value().path == fs::canonical(place / "a").string());
    BOOST_TEST((real[6].error().code == failure_code::not_found));
    BOOST_TEST(real[7].value().path == "/dev");
    BOOST_TEST(real[8].value().path == "/");
    for (const std::size_t file : {0U, 1U, 2U}) BOOST_TEST(!real[file].value().no_file);
    for (const std::size_t directory : {4U, 5U, 7U, 8U})
        BOOST_TEST(real[directory].value().no_file.value().detail == "it is a directory, not a regular file");
}

BOOST_AUTO_TEST_CASE(space_of_a_file_system) {
    scratch_directory place;
    running_disk d;
    const auto space = d.wait(d.disk->space(place.path().string())).value();
    BOOST_TEST(space.total > 0U);
    BOOST_TEST(space.free <= space.total);
    const auto expected = fs::space(place.path());
    BOOST_TEST(space.total == expected.capacity);
    BOOST_TEST((d.wait(d.disk->space((place / "none").string())).error().code == failure_code::not_found));
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_says_for_whom) {
    scratch_directory place;
    fs::permissions(place.path(), fs::perms(0755));
    write_file(place / "secret", "x");
    fs::permissions(place / "secret", fs::perms::none);
    write_file(place / "closed/file", "x");
    fs::permissions(place / "closed", fs::perms::none);
    const auto said = as_ordinary_user([&] {
        running_disk d;
        return told(d.digest(place / "secret")) + "\n" + told(d.stat(place / "closed/file"));
    });
    fs::permissions(place / "closed", fs::perms::owner_all);
    BOOST_TEST(said.find("not_permitted: cannot compute the MD5 of " + (place / "secret").string() +
                         ": Permission denied: user ") == 0U,
               said);
    BOOST_TEST(
        said.find("\nnot_permitted: cannot look at " + (place / "closed/file").string()) != std::string::npos,
        said);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(local_disk_digests)

BOOST_AUTO_TEST_CASE(sums_and_identities) {
    scratch_directory place;
    running_disk d;
    strings paths;
    strings sums;
    // Around the size of one read (1 MiB) and of one turn (32 MiB).
    for (const std::size_t size :
         {0UL, 1UL, 1048575UL, 1048576UL, 1048577UL, 33554432UL, 33554433UL, 70000000UL}) {
        const auto content = random_content(size, size);
        paths.push_back((place / std::to_string(size)).string());
        sums.push_back(md5_of(content));
        write_file(paths.back(), content);
    }
    const auto seen = d.wait(d.disk->stat(paths));
    const auto made = d.wait(d.disk->digest(paths));
    BOOST_REQUIRE(made.size() == paths.size());
    for (std::size_t i = 0; i < paths.size(); ++i) {
        BOOST_TEST(made[i]->md5 == sums[i], paths[i]);
        BOOST_TEST((made[i]->before == *seen[i]));
        BOOST_TEST((made[i]->after == *seen[i]));
    }
    BOOST_TEST(made[0]->md5 == "d41d8cd98f00b204e9800998ecf8427e");
    BOOST_TEST(d.wait(d.disk->digest({})).empty());
}

BOOST_AUTO_TEST_CASE(thousands_of_small_files_in_their_order) {
    scratch_directory place;
    strings paths;
    strings sums;
    for (int i = 0; i < 3000; ++i) {
        paths.push_back((place / std::to_string(i)).string());
        sums.push_back(md5_of(std::to_string(i)));
        write_file(paths.back(), std::to_string(i));
    }
    paths[1234] = (place / "missing").string();
    running_disk d(4);
    const auto first = d.begin(d.disk->digest(paths));
    const auto second = d.begin(d.disk->digest({paths.rbegin(), paths.rend()}));
    d.loop.run();
    BOOST_REQUIRE((first->has_value() && second->has_value()));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < paths.size(); ++i)
        for (const auto& one : {(**first)[i], (**second)[paths.size() - 1 - i]})
            if (i == 1234 ? one.has_value() : !one || one->md5 != sums[i]) ++wrong;
    BOOST_TEST(wrong == 0U);
    BOOST_TEST(((**first)[1234].error().code == failure_code::not_found));
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_not_opened) {
    scratch_directory place;
    const auto fifo = place / "fifo";
    const auto file = place / "file";
    BOOST_REQUIRE(::mkfifo(fifo.c_str(), 0644) == 0);
    write_file(file, "x");
    const int watch = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    BOOST_REQUIRE(::inotify_add_watch(watch, fifo.c_str(), IN_OPEN) >= 0);
    const auto opened = [watch] {
        alignas(inotify_event) char events[4096];
        return ::read(watch, events, sizeof events) > 0;
    };
    running_disk d;
    // Nobody writes to the FIFO: reading it would last for ever.
    for (const auto& path : {fifo.string(), place.path().string(), std::string("/dev/zero")})
        BOOST_TEST((d.digest(path).error().code == failure_code::invalid), path);
    BOOST_TEST(!opened());
    // The watch does see what it should.
    BOOST_REQUIRE(::inotify_add_watch(watch, file.c_str(), IN_OPEN) >= 0);
    BOOST_TEST(d.digest(file).has_value());
    BOOST_TEST(opened());
    ::close(watch);
}

BOOST_AUTO_TEST_CASE(a_change_while_it_is_read_shows_in_the_identities) {
    scratch_directory place;
    const auto path = place / "file";
    const auto before = random_content(3'000'000, 1);
    const std::atomic<bool> stop = false;
    write_file(path, before);
    set_mtime(path, 1000);
    {
        digest_task task(path.string());
        std::size_t budget = 1'000'000;
        BOOST_TEST(!task.advance(budget, stop));
        BOOST_TEST(budget == 0U);
        fs::resize_file(path, 2'000'000);
        budget = 10'000'000;
        const auto made = task.advance(budget, stop).value().value();
        BOOST_TEST(budget == 9'000'000U);
        BOOST_TEST((made.before != made.after));
        BOOST_TEST(made.before.size == 3'000'000U);
        BOOST_TEST(made.after.size == 2'000'000U);
        BOOST_TEST(made.md5 == md5_of(std::string_view(before).substr(0, 2'000'000)));
    }
    {
        // Replaced by another: what was read is the old one, whole, and its identity says so.
        write_file(path, before);
        digest_task task(path.string());
        std::size_t budget = 1;
        BOOST_TEST(!task.advance(budget, stop));
        write_file(place / "other", random_content(3'000'000, 2));
        fs::rename(place / "other", path);
        budget = 10'000'000;
        const auto made = task.advance(budget, stop).value().value();
        BOOST_TEST((made.before == made.after));
        BOOST_TEST(made.md5 == md5_of(before));
        running_disk d;
        BOOST_TEST((made.after != d.stat(path).value()));
    }
}

BOOST_AUTO_TEST_CASE(stopping_ends_what_is_read_and_what_waits) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    write_file(place / "small", "x");
    running_disk d(1);
    const auto reading = d.begin(d.disk->digest({huge.string(), (place / "small").string()}));
    const auto waiting = d.begin(d.disk->digest({huge.string()}));
    while (!is_open_here(huge)) d.loop.poll();
    d.disk->stop();
    d.loop.run();
    BOOST_REQUIRE((reading->has_value() && waiting->has_value()));
    for (const auto& one : {(**reading)[0], (**waiting)[0]})
        BOOST_TEST((one.error().code == failure_code::stopped));
    BOOST_TEST((d.digest(place / "small").error().code == failure_code::stopped));
    BOOST_TEST(!is_open_here(huge));
    // Everything else still works.
    BOOST_TEST(d.stat(place / "small").value().size == 1U);
    BOOST_TEST(told(d.wait(d.disk->write_whole((place / "new").string(), "x"))) == "done");
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_somebody_elses_large_file) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    strings small;
    for (int i = 0; i < 2000; ++i) {
        small.push_back((place / std::to_string(i)).string());
        write_file(small.back(), "x");
    }
    running_disk d(1);
    const auto first = d.begin(d.disk->digest({huge.string()}));
    const auto second = d.begin(d.disk->digest({huge.string()}));
    while (!is_open_here(huge)) d.loop.poll();
    const auto made = d.wait(d.disk->digest(small));
    BOOST_TEST((std::all_of(made.begin(), made.end(), [](const auto& one) { return one.has_value(); })));
    BOOST_TEST(d.stat(small[0]).value().size == 1U);
    BOOST_TEST((!first->has_value() && !second->has_value()));
    d.disk->stop();
    d.loop.run();
}

BOOST_AUTO_TEST_CASE(destroying_the_disk_ends_digests) {
    scratch_directory place;
    const auto huge = fs::canonical(place.path()) / "huge";
    make_huge(huge);
    running_disk d;
    const auto reading = d.begin(d.disk->digest({huge.string()}));
    while (!is_open_here(huge)) d.loop.poll();
    d.disk.reset();
    d.loop.run();
    BOOST_REQUIRE(reading->has_value());
    BOOST_TEST(((**reading)[0].error().code == failure_code::stopped));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(local_disk_changes)

BOOST_AUTO_TEST_CASE(only_the_file_that_was_seen_is_removed) {
    scratch_directory place;
    const auto path = place / "file";
    running_disk d;
    const auto remove = [&](const file_identity& expected) {
        return told(d.wait(d.disk->remove(path.string(), expected)));
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
        return told(d.wait(d.disk->remove(path, seen))) + "\n" + told(d.wait(d.disk->discard(path))) + "\n" +
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

BOOST_AUTO_TEST_CASE(discarding) {
    scratch_directory place;
    write_file(place / "file", "x");
    running_disk d;
    BOOST_TEST(told(d.wait(d.disk->discard((place / "file").string()))) == "done");
    BOOST_TEST(!fs::exists(place / "file"));
    BOOST_TEST(told(d.wait(d.disk->discard((place / "file").string()))) == "done");
    BOOST_TEST(told(d.wait(d.disk->discard((place / "none/file").string()))) == "done");
    BOOST_TEST(told(d.wait(d.disk->discard(place.path().string()))) != "done");
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

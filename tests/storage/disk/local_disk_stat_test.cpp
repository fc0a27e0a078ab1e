#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <limits>

#include "engine/files/file_facts.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(local_disk_stat)

BOOST_AUTO_TEST_CASE(a_time_that_cannot_be_held_is_the_nearest_that_can) {
    struct ::stat seen{};
    seen.st_mtim = {253402300799, 5};  // of the year 9999
    seen.st_ctim = {-253402300799, 5};
    const auto identity = identity_of(seen);
    BOOST_TEST(identity.mtime_ns == std::numeric_limits<std::int64_t>::max());
    BOOST_TEST(identity.changed_ns == std::numeric_limits<std::int64_t>::min());
}

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
    BOOST_TEST((seen[3].error().code == failure_code::no_directory));
    for (const int i : {2, 4, 12})
        BOOST_TEST((seen.at(static_cast<std::size_t>(i)).error().code == failure_code::not_found));
    const char* kinds[] = {"a directory", "a FIFO", "a socket", "a device"};
    for (std::size_t i = 5; i < 9; ++i) {
        BOOST_TEST((seen[i].error().code == failure_code::invalid));
        BOOST_TEST(seen[i].error().detail.find(kinds[i - 5]) != std::string::npos, seen[i].error().detail);
    }
    for (const int i : {9, 10, 11})
        BOOST_TEST((seen.at(static_cast<std::size_t>(i)).error().code == failure_code::invalid));
}

BOOST_AUTO_TEST_CASE(ten_thousand_paths_are_answered_at_once) {
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

BOOST_AUTO_TEST_CASE(names_that_are_no_utf8_are_found) {
    scratch_directory place;
    const auto path = place / "not utf8 \xff\n";
    write_file(path, "abc");
    running_disk d;
    BOOST_TEST(d.stat(path).value().size == 3U);
    BOOST_TEST(d.digest(path).value().md5 == md5_of("abc"));
    BOOST_TEST(d.wait(d.disk->resolve({path.string()})).at(0).value().path == fs::canonical(path).string());
    BOOST_TEST(told(d.remove({path.string(), 1, d.stat(path).value()})) == "done");
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(real_paths_are_resolved) {
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

BOOST_AUTO_TEST_CASE(real_paths_of_files_that_share_directories_are_resolved) {
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

BOOST_AUTO_TEST_CASE(space_of_a_file_system_is_told) {
    scratch_directory place;
    running_disk d;
    const auto space = d.wait(d.disk->space(place.path().string())).value();
    BOOST_TEST(space.bytes_total > 0U);
    BOOST_TEST(space.bytes_free <= space.bytes_total);
    BOOST_TEST(space.bytes_total == fs::space(place.path()).capacity);
    struct ::statvfs seen{};
    BOOST_REQUIRE(::statvfs(place.path().c_str(), &seen) == 0);
    BOOST_TEST(space.inodes_total == seen.f_files);
    BOOST_TEST(space.inodes_free <= space.inodes_total);
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

BOOST_AUTO_TEST_CASE(a_missing_directory_is_told_from_a_missing_file) {
    scratch_directory place;
    running_disk d;
    BOOST_TEST((d.stat(place / "none").error().code == failure_code::not_found));
    BOOST_TEST((d.stat(place / "none/file").error().code == failure_code::no_directory));
    BOOST_TEST((d.digest(place / "none/file").error().code == failure_code::no_directory));
    write_file(place / "file", "x");
    BOOST_TEST((d.stat(place / "file/below").error().code == failure_code::not_found));
    const auto devices = d.wait(d.disk->devices({(place / "none/deep/file").string(), "/proc/none"}));
    BOOST_TEST(devices.at(0) == d.stat(place / "file").value().device);
    BOOST_TEST(devices.at(1) != devices.at(0));
}

BOOST_AUTO_TEST_CASE(errors_of_a_disk_a_server_or_a_machine_are_those_of_its_place) {
    const auto code = [](int error) { return file_failure("read", "/data/file", error).code; };
    for (const int error : {EIO, ESTALE, ENOTCONN, ECONNABORTED, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENODEV,
                            ENXIO, EREMOTEIO, EMFILE, ENFILE, ENOMEM})
        BOOST_TEST((code(error) == failure_code::place), error);
    for (const int error : {ENOENT, ENOTDIR, EACCES, EPERM, EROFS, ELOOP, ENAMETOOLONG, EISDIR, EFBIG})
        BOOST_TEST((code(error) != failure_code::place), error);
}

BOOST_AUTO_TEST_SUITE_END()

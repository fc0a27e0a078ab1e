// What stands at final paths: every deletion hangs on these answers.
#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "engine/loop/machine_clock.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(stat_answers)

namespace {

/// A `sync` first in PATH.
void fake_sync(const fs::path& directory, const std::string& commands) {
    write_file(directory / "sync", "#!/bin/sh\n" + commands + "\n");
    fs::permissions(directory / "sync", fs::perms::owner_all);
}

/// 17000/other and 17001 lead to another file system than the base directory's.
struct two_file_systems : destination {
    two_file_systems(const std::string& shell, bool staged)
        : there(shell), fakes(scratch / "bin"), mount(test::shell("stat -c %m '" + other.string() + "'")) {
        if (!staged) options.archive.remote_staging_dir = (base() / "within").string();
        BOOST_TEST(prepare().staging_refused.empty() == staged);
        write_file(base() / "17000/a", "a");
        write_file(other / "b", "b");
        fs::create_directory_symlink(other, base() / "17000/other");
        fs::create_directory_symlink(other, base() / "17001");
    }
    ~two_file_systems() { fs::remove_all(other); }
    /// A `sync` that notes its arguments first.
    void fake(const std::string& commands) {
        fake_sync(scratch / "bin", "echo \"$*\" >>'" + (scratch / "calls").string() + "'\n" + commands);
    }
    std::string calls() {
        const auto lines = read_file(scratch / "calls");
        fs::remove(scratch / "calls");
        return lines;
    }
    fs::path note() const { return staging().parent_path() / "failed_sync"; }

    const sh_is there;
    const path_with fakes;
    const fs::path other = made(fs::temp_directory_path() / scratch.path().filename());  // none in memory
    std::string mount;

    static fs::path made(const fs::path& directory) {
        fs::create_directories(directory);
        return directory;
    }
};

}  // namespace

BOOST_DATA_TEST_CASE(no_such_file_is_an_answer, data::make(every_place), where) {
    destination d(where);
    d.prepare();
    write_file(d.base() / "17000/it's\nthere", "12345");
    fs::create_directories(d.base() / "17000/directory");
    const std::vector<std::string> paths = {"17000/it's\nthere",
                                            "17000/it's\nnot",
                                            "17000/directory",
                                            "17000/it's\nthere/below",
                                            "-",
                                            "17000",
                                            "17001"};
    for (bool md5 : {false, true}) {
        const auto report = d.stat(paths, md5, true);
        check_finished(report.end);
        BOOST_TEST(report.boot == boot_id());
        BOOST_TEST(report.answers[0].answered);
        BOOST_TEST(report.answers[0].size.value_or(0) == 5U);
        BOOST_TEST(report.answers[0].md5.value_or("") == (md5 ? md5_of("12345") : ""));
        for (std::size_t i = 1; i < paths.size(); ++i) {
            BOOST_TEST(report.answers[i].answered, i);
            BOOST_TEST(!report.answers[i].size);
            BOOST_TEST(!report.answers[i].md5);
            // A directory is told as an object that has no size.
            const bool directory = paths[i] == "17000" || paths[i] == "17000/directory";
            BOOST_TEST(report.answers[i].object.has_value() == directory, i);
        }
    }
    // An unmounted disk says nothing about files.
    fs::rename(d.base(), d.scratch / "unmounted");
    auto report = d.stat(paths);
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::base_missing));
    fs::create_directory(d.base());
    report = d.stat(paths);
    BOOST_REQUIRE(report.end.error.has_value());
    BOOST_TEST((report.end.error->code == failure_code::base_changed));
    for (const auto& answer : report.answers) BOOST_TEST(!answer.answered);
}

// Whoever opens a FIFO waits for a writer, and what /dev/zero gives has no end.
BOOST_DATA_TEST_CASE(what_is_no_regular_file_is_told_and_not_opened, data::make(every_sh), sh) {
    destination d;
    const sh_is there(sh);
    d.options.archive.cmd_timeout = 10;
    d.options.archive.remote_staging_dir = (d.base() / "within").string();
    BOOST_TEST(!d.prepare().staging_refused.empty());
    const std::vector<std::string> paths = {"fifo", "to fifo", "zero", "directory", "a"};
    BOOST_REQUIRE(::mkfifo((d.base() / "fifo").c_str(), 0600) == 0);
    fs::create_symlink("fifo", d.base() / "to fifo");
    fs::create_symlink("/dev/zero", d.base() / "zero");
    fs::create_directory(d.base() / "directory");
    write_file(d.base() / "a", "12345");
    digest_request digests{std::nullopt, paths};
    stat_request request;
    request.remote_paths = paths;
    request.md5 = true;
    for (bool from_disk : {false, true}) {
        request.from_disk = digests.from_disk = from_disk;
        const auto report = d.wait(d.get().stat(request));
        check_finished(report.end);
        const auto sums = d.wait(d.get().digests(digests));
        check_finished(sums.end);
        for (std::size_t i = 0; i < 4; ++i) {
            BOOST_TEST(report.answers[i].answered, paths[i]);
            BOOST_TEST(!report.answers[i].size, paths[i]);
            BOOST_TEST(!report.answers[i].md5, paths[i]);
            BOOST_TEST(!sums.md5[i], paths[i]);
            BOOST_TEST(sums.complaints[i].value_or("") == "it is no regular file", paths[i]);
        }
        BOOST_TEST(report.answers[4].md5.value_or("") == md5_of("12345"));
        BOOST_TEST(sums.md5[4].value_or("") == md5_of("12345"));
    }
}

BOOST_AUTO_TEST_CASE(the_file_system_is_written_back_first_where_that_is_asked) {
    destination d;
    d.prepare();
    write_file(d.base() / "a", "before");
    // What reaches the disk only then is seen: sync comes first.
    fake_sync(d.scratch / "bin", "echo \"$* $(pwd)\" >>'" + (d.scratch / "calls").string() +
                                     "'; echo more >>'" + (d.base() / "a").string() + "'");
    const path_with fakes(d.scratch / "bin");
    BOOST_TEST(d.stat({"a"}).answers[0].size.value_or(0) == 6U);
    BOOST_TEST(!fs::exists(d.scratch / "calls"));
    BOOST_TEST(d.stat({"a"}, false, true).answers[0].size.value_or(0) == 11U);
    BOOST_TEST(read_file(d.scratch / "calls") == "-f . " + d.staging().parent_path().string() + "\n");
}

BOOST_DATA_TEST_CASE(every_file_system_is_written_back_that_files_lie_on,
                     data::make(every_sh) * data::make({true, false}), sh, staging) {
    two_file_systems d(sh, staging);
    d.fake("exit 0");
    const auto report = d.stat({"17000/a", "17000/other/b", "17000/gone"}, true, true);
    BOOST_TEST(report.answers[1].md5.value_or("") == md5_of("b"));
    BOOST_TEST(report.answers[2].answered);
    BOOST_TEST(d.calls() == "-f .\n-f . " + d.mount + "\n");
    // From then on it is asked for before.
    d.stat({"17000/a", "17000/other/b"}, true, true);
    BOOST_TEST(d.calls() == "-f . " + d.mount + "\n");
    d.stat({"17000/a"}, false, true);
    BOOST_TEST(d.calls() == "-f .\n");
    stat_request announced;
    announced.sync_first = true;
    announced.synced_below = "17000";
    BOOST_TEST(d.wait(d.get().stat(announced)).end.finished());
    BOOST_TEST(d.calls() == "-f . " + d.mount + "\n");
    announced.synced_below = "17001";  // which is a link itself
    BOOST_TEST(d.wait(d.get().stat(announced)).end.finished());
    BOOST_TEST(d.calls() == "-f . " + d.mount + "\n");
}

BOOST_DATA_TEST_CASE(another_file_system_that_cannot_be_written_back_is_a_failed_sync,
                     data::make({true, false}), staging) {
    two_file_systems d("sh", staging);
    d.fake("[ $# = 2 ]");
    const auto report = d.stat({"17000/a", "17000/other/b"}, true, true);
    BOOST_TEST(report.sync_failed);
    BOOST_TEST(!report.answers[0].answered);
    BOOST_TEST(fs::exists(d.note()) == staging);
    // What fails between two looks of one request is not what its caller knows.
    if (!staging) return;
    d.restarted();
    d.prepare();
    d.fake("[ $# -gt 2 ] || : >'" + d.note().string() + "'");
    stat_request request;
    request.sync_first = request.failed_sync_known = true;
    request.remote_paths = {"17000/other/b"};
    BOOST_TEST(d.wait(d.get().stat(request)).sync_failed);
}

BOOST_DATA_TEST_CASE(a_file_system_that_cannot_be_entered_at_its_top_is_named, data::make(every_sh), sh) {
    two_file_systems d(sh, true);
    d.fake("exit 0");
    write_file(d.scratch / "bin/stat",
               "#!/bin/sh\ncase $* in *%m*) echo 1 /is gone ;; *) exec /usr/bin/stat \"$@\" ;; esac\n");
    fs::permissions(d.scratch / "bin/stat", fs::perms::owner_all);
    const auto report = d.stat({"17000/other/b"}, false, true);
    BOOST_TEST(!report.sync_failed);
    BOOST_TEST(!report.answers[0].answered);
    BOOST_TEST(report.end.error.value().text().find("at /is gone, which cannot be synced") !=
               std::string::npos);
}

// Where sync is asked file by file, and of one file only.
BOOST_AUTO_TEST_CASE(an_old_kernel_is_asked_for_other_file_systems_as_well) {
    two_file_systems d("sh", true);
    d.fake("exit 0");
    write_file(d.scratch / "bin/uname", "#!/bin/sh\necho 4.18.0\n");
    fs::permissions(d.scratch / "bin/uname", fs::perms::owner_all);
    d.stat({"17000/other/b"}, false, true);
    BOOST_TEST(d.calls().find("-f . " + d.mount + "\n") != std::string::npos);
}

// Before a day is announced.
BOOST_AUTO_TEST_CASE(the_file_system_is_written_back_without_any_file) {
    destination d;
    d.prepare();
    fake_sync(d.scratch / "bin", "echo >'" + (d.scratch / "calls").string() + "'");
    const path_with fakes(d.scratch / "bin");
    BOOST_TEST(d.stat({}, false, true).end.finished());
    BOOST_TEST(fs::exists(d.scratch / "calls"));
    fake_sync(d.scratch / "bin", "exit 1");
    BOOST_TEST(!d.stat({}, false, true).end.finished());
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_files_whose_file_system_cannot_be_written_back) {
    destination d;
    d.prepare();
    write_file(d.base() / "a", "there");
    fake_sync(d.scratch / "bin", "exit 1");
    const path_with fakes(d.scratch / "bin");
    const auto report = d.stat({"a", "none"}, true, true);
    BOOST_TEST(!report.end.finished());
    for (const auto& answer : report.answers) {
        BOOST_TEST(!answer.answered);
        BOOST_TEST(!answer.size);
        BOOST_TEST(!answer.md5);
    }
}

BOOST_AUTO_TEST_SUITE_END()

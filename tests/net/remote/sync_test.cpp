// Syncs at the destination, and sums that are read past its page cache, by the real scripts: an error that
// was told once is known until the catalog has it, whoever went away meanwhile.
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/remote/shell_text.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/waiting.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(syncing)

namespace {

stat_request just_a_sync() {
    stat_request request;
    request.sync_first = true;
    return request;
}

/// A destination on this machine where `sh` is a certain shell, and some programs are the test's own.
struct synced : prepared_destination {
    explicit synced(const std::string& shell) : sh(shell), programs(scratch / "bin") {
        write_file(base() / "17000/a", "a");
        write_file(base() / "17000/new\nline", "b");
    }
    void program(const std::string& name, const std::string& commands) {
        write_file(scratch / "bin" / name, "#!/bin/sh\n" + commands + "\n");
        fs::permissions(scratch / "bin" / name, fs::perms::owner_all);
    }
    void sync_fails() { program("sync", "exit 1"); }
    void sync_works() { program("sync", "exit 0"); }
    stat_report ask(bool known = false) {
        stat_request request;
        request.sync_first = true;
        request.failed_sync_known = known;
        request.remote_paths = {"17000/a"};
        return wait(get().stat(std::move(request)));
    }
    stat_report read_from_disk() {
        stat_request request;
        request.md5 = request.from_disk = true;
        request.remote_paths = {"17000/a", "17000/gone", "17000/new\nline"};
        return wait(get().stat(std::move(request)));
    }
    fs::path note() const { return staging().parent_path() / "failed_sync"; }

    sh_is sh;
    path_with programs;
};

}  // namespace

BOOST_DATA_TEST_CASE(a_failed_sync_is_told_until_the_caller_says_that_it_knows, data::make(every_sh), sh) {
    synced d(sh);
    d.sync_fails();
    auto report = d.ask();
    BOOST_TEST(report.sync_failed);
    BOOST_TEST(!report.end.finished());
    BOOST_TEST(!report.answers[0].answered);
    // The kernel tells of what it could not write once.
    d.sync_works();
    report = d.ask();
    BOOST_TEST(report.sync_failed);
    BOOST_TEST(report.end.error.value().text().find("an earlier sync") != std::string::npos);
    BOOST_TEST(!d.restarted().name().empty());
    d.prepare();
    BOOST_TEST(d.ask().sync_failed);
    report = d.ask(true);
    BOOST_TEST(!report.sync_failed);
    BOOST_TEST(report.answers[0].size.value_or(0) == 1U);
    BOOST_TEST(!d.ask().sync_failed);
}

BOOST_DATA_TEST_CASE(a_sync_that_fails_again_is_told_though_the_earlier_one_is_known, data::make(every_sh),
                     sh) {
    synced d(sh);
    d.sync_fails();
    BOOST_TEST(d.ask().sync_failed);
    BOOST_TEST(d.ask(true).sync_failed);
    d.sync_works();
    BOOST_TEST(d.ask().sync_failed);
}

BOOST_DATA_TEST_CASE(a_sync_that_fails_when_nobody_waits_any_more_is_told_to_the_next, data::make(every_sh),
                     sh) {
    synced d(sh);
    const auto gate = (d.scratch / "gate").string();
    BOOST_REQUIRE(::mkfifo(gate.c_str(), 0600) == 0);
    d.program("sync", "echo $PPID >" + shell_quoted((d.scratch / "begun").string()) + "\nread -r line <" +
                          shell_quoted(gate) + "\nexit 1");
    bool asked = false;
    boost::asio::co_spawn(d.context, d.get().stat(just_a_sync()),
                          [&](const std::exception_ptr&, const stat_report&) { asked = true; });
    wait_until("the sync has begun", [&] {
        d.context.restart();
        d.context.poll();
        return fs::exists(d.scratch / "begun");
    });
    d.get().stop();
    d.context.restart();
    while (!asked) d.context.run_one();
    d.close();
    BOOST_TEST(!fs::exists(d.note()));
    write_file(gate, "\n");
    wait_until("the failure is noted", [&] { return fs::exists(d.note()); });
    d.sync_works();
    d.prepare();
    BOOST_TEST(d.ask().sync_failed);
}

BOOST_AUTO_TEST_CASE(without_staging_a_failed_sync_is_told_once) {
    destination d;
    d.options.archive.remote_staging_dir = (d.base() / "within").string();
    BOOST_TEST(!d.prepare().staging_refused.empty());
    const path_with programs(d.scratch / "bin");
    write_file(d.scratch / "bin/sync", "#!/bin/sh\nexit 1\n");
    fs::permissions(d.scratch / "bin/sync", fs::perms::owner_all);
    BOOST_TEST(d.wait(d.get().stat(just_a_sync())).sync_failed);
}

// Before 5.8 `sync -f` says nothing of what could not be written, and `sync FILE` does.
BOOST_DATA_TEST_CASE(an_old_kernel_is_asked_file_by_file, data::make(every_sh), sh) {
    synced d(sh);
    d.program("uname", "echo 4.18.0-553.el8.x86_64");
    d.program("sync", R"(case "$*" in -f*) exit 0 ;; *new*) exit 1 ;; esac)");
    BOOST_TEST(!d.ask().sync_failed);
    stat_request announced;
    announced.sync_first = true;
    announced.synced_below = "17000";
    BOOST_TEST(d.wait(d.get().stat(announced)).sync_failed);
    announced.failed_sync_known = true;
    announced.synced_below.clear();
    announced.remote_paths = {"17000/gone", "17000/new\nline"};
    BOOST_TEST(d.wait(d.get().stat(announced)).sync_failed);
    announced.remote_paths = {"17000/gone", "17000/a"};
    const auto report = d.wait(d.get().stat(announced));
    BOOST_TEST(!report.sync_failed);
    BOOST_TEST(report.answers[0].answered);
    BOOST_TEST(!report.answers[0].size);
    BOOST_TEST(report.answers[1].size.value_or(0) == 1U);
}

/// As coreutils 8.22 (CentOS 7) has them.
void make_tools_old(synced& d) {
    d.program("md5sum", R"(case "$1" in -z) echo "md5sum: invalid option -- 'z'" >&2; exit 1 ;; esac
PATH=/usr/bin:/bin exec md5sum "$@")");
    d.program("sync", R"(case "$1" in -f) echo "sync: invalid option -- 'f'" >&2; exit 1 ;; esac
[ $# = 0 ] || echo "sync: ignoring all arguments" >&2
echo "$*" >>)" + shell_quoted((d.scratch / "synced").string()));
}

BOOST_DATA_TEST_CASE(old_tools_are_used_in_their_way, data::make(every_sh), sh) {
    synced d(sh);
    make_tools_old(d);
    d.restarted();
    d.prepare();
    write_file(d.base() / "17000/back\\slash", "c");
    stat_request request;
    request.sync_first = request.md5 = true;
    request.remote_paths = {"17000/a", "17000/gone", "17000/new\nline", "17000/back\\slash"};
    const auto report = d.wait(d.get().stat(request));
    BOOST_TEST(report.end.finished());
    BOOST_TEST(!report.sync_failed);
    BOOST_TEST(read_file(d.scratch / "synced") == "\n");
    BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
    BOOST_TEST(!report.answers[1].md5);
    BOOST_TEST(report.answers[2].md5.value_or("") == md5_of("b"));
    BOOST_TEST(report.answers[3].md5.value_or("") == md5_of("c"));
    const auto item = d.make("17000/other", "d");
    BOOST_TEST(d.digests({item}, std::nullopt).complaints.at(0).value_or("") == "No such file or directory");
}

BOOST_DATA_TEST_CASE(an_old_sync_that_cannot_sync_one_file_has_another_do_it, data::make(every_sh), sh) {
    synced d(sh);
    make_tools_old(d);
    d.program("uname", "echo 3.10.0-1160.el7.x86_64");
    d.program("dd", R"(case "$*" in *new*) exit 1 ;; *conv=notrunc,nocreat,fsync*) exit 0 ;; esac; exit 1)");
    BOOST_TEST(!d.ask().sync_failed);
    stat_request request;
    request.sync_first = true;
    request.remote_paths = {"17000/new\nline"};
    BOOST_TEST(d.wait(d.get().stat(request)).sync_failed);
}

BOOST_DATA_TEST_CASE(what_is_in_memory_is_dropped_and_then_read_from_the_disk, data::make(every_sh), sh) {
    synced d(sh);
    // A file system that drops what it is told to.
    d.program("fincore", R"(shift 6
for f do if [ -e "$f.dropped" ]; then echo 0; else echo 3; fi; done)");
    d.program("dd", R"(for o do case $o in if=*) : >"${o#if=}.dropped" ;; esac; done)");
    const auto report = d.read_from_disk();
    BOOST_TEST(report.end.finished());
    BOOST_TEST((report.answers[0].source == read_source::disk));
    BOOST_TEST((report.answers[2].source == read_source::disk));
    BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
    BOOST_TEST(report.answers[2].md5.value_or("") == md5_of("b"));
    BOOST_TEST(!report.answers[1].md5);
    BOOST_TEST(fs::exists(d.base() / "17000/a.dropped"));
    BOOST_TEST(fs::exists(d.base() / "17000/new\nline.dropped"));
}

BOOST_DATA_TEST_CASE(what_stays_in_memory_is_told_file_by_file, data::make(every_sh), sh) {
    synced d(sh);
    d.program("fincore", R"(shift 6
for f do case $f in *a) echo 1 ;; *) echo 0 ;; esac; done)");
    d.program("dd", "exit 0");
    const auto report = d.read_from_disk();
    BOOST_TEST((report.answers[0].source == read_source::cache));
    BOOST_TEST((report.answers[2].source == read_source::disk));
    BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
}

BOOST_DATA_TEST_CASE(a_file_system_in_memory_is_no_disk, data::make(every_sh), sh) {
    synced d(sh);  // tests work in /dev/shm
    BOOST_TEST((d.read_from_disk().answers[0].source == read_source::cache));
}

// Whatever fincore says of the page cache.
BOOST_DATA_TEST_CASE(a_file_system_with_a_memory_of_its_own_is_told_by_its_type, data::make(every_sh), sh) {
    synced d(sh);
    d.program("fincore", "shift 6\nfor f do echo 0; done");
    for (const auto* type :
         {"zfs", "nfs", "smb2", "v9fs", "fuseblk", "UNKNOWN (0x1234)", "ext2/ext3", "xfs"}) {
        d.program("stat", R"(case "$1 $2 $3" in "-f -c %T") shift 4; for f do echo ')" + std::string(type) +
                              R"('; done ;; *) exec /usr/bin/stat "$@" ;; esac)");
        const auto report = d.read_from_disk();
        const bool own = std::string_view(type) != "ext2/ext3" && std::string_view(type) != "xfs";
        for (const std::size_t i : {0U, 2U}) {
            BOOST_TEST((report.answers[i].source == (own ? read_source::own_memory : read_source::disk)),
                       type);
            BOOST_TEST(report.answers[i].md5.has_value());
        }
    }
}

BOOST_DATA_TEST_CASE(staged_files_and_what_is_in_their_way_are_read_from_the_disk_where_that_is_asked,
                     data::make(every_sh), sh) {
    synced d(sh);
    d.options.archive.verify_from = verify_kind::disk;
    d.restarted();
    d.prepare();
    d.program("fincore", R"(shift 6
for f do if [ -e "$f.dropped" ]; then echo 0; else echo 3; fi; done)");
    d.program("dd", R"(for o do case $o in if=*) : >"${o#if=}.dropped" ;; esac; done)");
    const auto item = d.make("17000/a", "a");
    BOOST_REQUIRE(d.stage({item}).end.finished());
    digest_request request{0, {"17000/a"}};
    const auto cached = d.wait(d.get().digests(request));
    BOOST_TEST(cached.md5.at(0).value_or("") == md5_of("a"));
    BOOST_TEST(!fs::exists(d.slot() / "17000/a.dropped"));
    request.from_disk = true;
    const auto report = d.wait(d.get().digests(request));
    BOOST_TEST(report.md5.at(0).value_or("") == md5_of("a"));
    BOOST_TEST((report.sources.at(0) == read_source::disk));
    BOOST_TEST(fs::exists(d.slot() / "17000/a.dropped"));
    BOOST_TEST((d.publish({item}).outcomes.at(0) == publish_outcome::already_there));
    BOOST_TEST(fs::exists(d.base() / "17000/a.dropped"));
}

BOOST_DATA_TEST_CASE(where_nothing_tells_what_is_in_memory_that_is_said, data::make(every_sh), sh) {
    synced d(sh);
    for (const auto* fincore : {"exit 127", "echo 0", "echo no; echo such; echo option"}) {
        d.program("fincore", fincore);
        const auto report = d.read_from_disk();
        BOOST_TEST((report.answers[0].source == read_source::unknown), fincore);
        BOOST_TEST(report.answers[0].md5.value_or("") == md5_of("a"));
    }
}

BOOST_AUTO_TEST_CASE(a_copy_is_told_as_an_object_of_a_file_system) {
    prepared_destination d;
    write_file(d.base() / "a", "a");
    struct ::stat seen{};
    BOOST_REQUIRE(::stat((d.base() / "a").c_str(), &seen) == 0);
    const auto object = d.stat({"a"}).answers[0].object.value();
    BOOST_TEST(object.on_this_machine);
    BOOST_TEST(object.device == seen.st_dev);
    BOOST_TEST(object.inode == seen.st_ino);
    BOOST_TEST(object.changed_ns == seen.st_ctim.tv_sec * 1'000'000'000 + seen.st_ctim.tv_nsec);
}

BOOST_AUTO_TEST_SUITE_END()

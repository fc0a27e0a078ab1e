// Publishing: what is linked, what gives way, what is refused, and that it may be done again after any crash.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/net/remote/publishing_destination.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(publishing)

namespace {

/// On another file system than the destination.
struct directory_in_tmp {
    directory_in_tmp() { fs::create_directory(path); }
    ~directory_in_tmp() { fs::remove_all(path); }
    directory_in_tmp(const directory_in_tmp&) = delete;
    directory_in_tmp& operator=(const directory_in_tmp&) = delete;
    const fs::path path = "/tmp/suprsync-test-" + std::to_string(::getpid());
};

}  // namespace

BOOST_DATA_TEST_CASE(a_file_with_the_same_content_counts_as_delivered, data::make(every_place), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/a b", "content");
    write_file(d.base() / "17000/a b", "content");
    struct stat before = {};
    ::stat((d.base() / "17000/a b").c_str(), &before);
    const auto report = d.publish_one(item);
    BOOST_TEST(report.outcomes[0] == publish_outcome::already_there);
    struct stat after = {};
    ::stat((d.base() / "17000/a b").c_str(), &after);
    BOOST_TEST(before.st_ino == after.st_ino);
    BOOST_TEST(d.nothing_staged());
}

BOOST_DATA_TEST_CASE(other_content_is_kept_in_replaced, data::make(every_place), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/x y/it's", "ours");
    write_file(d.base() / "17000/x y/it's", "theirs");
    const auto report = d.publish_one(item);
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(d.base() / "17000/x y/it's") == "ours");
    BOOST_TEST(report.details[0].starts_with((d.staging() / "replaced/7-").string()));
    BOOST_TEST(report.details[0].ends_with("/17000/x y/it's"));
    BOOST_TEST(read_file(report.details[0]) == "theirs");
    BOOST_TEST(d.nothing_staged());
    BOOST_TEST((tree_of(d.base()) == std::vector<std::string>{"d 17000", "d 17000/x y", "f 17000/x y/it's"}));
}

// As those of some network file systems cannot be, or of a disk that fails.
BOOST_AUTO_TEST_CASE(what_stands_there_yields_where_directories_cannot_be_synced_and_not_where_it_failed) {
    for (const bool fails : {false, true}) {
        publishing_destination d;
        const auto item = d.stage_one("17000/a", "ours");
        write_file(d.base() / "17000/a", "theirs");
        write_file(d.scratch / "bin/sync", std::string("#!/bin/sh\necho \"sync: error syncing '$2': ") +
                                               (fails ? "Input/output error" : "Invalid argument") +
                                               "\" >&2\nexit 1\n");
        fs::permissions(d.scratch / "bin/sync", fs::perms::owner_all);
        const path_with path(d.scratch / "bin");
        const auto report = d.publish_one(item);
        BOOST_TEST((report.outcomes[0] == publish_outcome::refused) == fails);
        BOOST_TEST(read_file(d.base() / "17000/a") == (fails ? "theirs" : "ours"));
        BOOST_TEST(files_below(d.staging() / "replaced").size() == (fails ? 0U : 1U));
        if (fails) BOOST_TEST(report.details[0] == "Input/output error");
    }
}

// By a sync of ours in PATH, which notes what it was called with and what stands at the final path then.
BOOST_AUTO_TEST_CASE(what_yields_is_on_the_disk_before_its_name_goes) {
    publishing_destination d;
    const auto item = d.stage_one("17000/a", "ours");
    write_file(d.base() / "17000/a", "theirs");
    write_file(d.scratch / "bin/sync", "#!/bin/sh\n[ \"$1\" = -f ] || cat \"$2/a\" '" +
                                           (d.base() / "17000/a").string() + "' >>'" +
                                           (d.scratch / "seen").string() + "'\nexec /bin/sync \"$@\"\n");
    fs::permissions(d.scratch / "bin/sync", fs::perms::owner_all);
    const path_with path(d.scratch / "bin");
    BOOST_TEST(d.publish_one(item).outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(d.scratch / "seen") == "theirstheirs");
}

BOOST_AUTO_TEST_CASE(a_file_of_somebody_else_that_may_not_be_linked_is_kept_all_the_same,
                     *only_root_can("make files of somebody else")) {
    publishing_destination d;
    const auto item = d.stage_one("17000/a", "ours");
    write_file(d.base() / "17000/a", "theirs");
    ::chmod((d.base() / "17000/a").c_str(), 0600);
    // The remote side is run as an account that may write in the directory, and not in their file.
    shell("chmod 0755 '" + d.scratch.path().string() + "' && chown -R 65534:65534 '" +
          (d.scratch / "dest").string() + "' && chown 0:0 '" + (d.base() / "17000/a").string() + "'");
    write_file(
        d.scratch / "bin/timeout",
        "#!/bin/sh\nexec setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/timeout \"$@\"\n");
    ::chmod((d.scratch / "bin/timeout").c_str(), 0755);
    const std::string path = ::getenv("PATH");
    ::setenv("PATH", ((d.scratch / "bin").string() + ":" + path).c_str(), 1);
    const auto report = d.publish_one(item);
    ::setenv("PATH", path.c_str(), 1);
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced, report.details[0]);
    BOOST_TEST(read_file(report.details[0]) == "theirs");
    BOOST_TEST(read_file(d.base() / "17000/a") == "ours");
}

BOOST_DATA_TEST_CASE(our_earlier_version_is_replaced, data::make(each_kind), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/a", "second");
    write_file(d.base() / "17000/a", "first");
    const auto report = d.publish_one(item, md5_of("first"));
    BOOST_TEST(report.outcomes[0] == publish_outcome::superseded);
    BOOST_TEST(read_file(d.base() / "17000/a") == "second");
    BOOST_TEST(files_below(d.staging()).empty());
}

BOOST_DATA_TEST_CASE(content_that_is_not_the_version_to_supersede_is_kept, data::make(each_kind), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/a", "second");
    write_file(d.base() / "17000/a", "edited there");
    const auto report = d.publish_one(item, md5_of("first"));
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(report.details[0]) == "edited there");
}

BOOST_DATA_TEST_CASE(a_directory_in_the_way_is_refused_and_the_others_go_on, data::make(each_kind), where) {
    publishing_destination d(where);
    const auto blocked = d.make("17000/a", "blocked");
    const auto good = d.make("17000/b", "good");
    const auto below_file = d.make("17000/f/c", "below a file");
    BOOST_REQUIRE(d.stage({blocked, good, below_file}).end.finished());
    fs::create_directories(d.base() / "17000/a");
    write_file(d.base() / "17000/f", "a file where a directory is wanted");
    const auto report = d.publish({blocked, good, below_file});
    BOOST_TEST(report.end.finished());
    BOOST_TEST(report.outcomes[0] == publish_outcome::refused);
    BOOST_TEST(report.details[0].find("directory") != std::string::npos);
    BOOST_TEST(report.outcomes[1] == publish_outcome::published);
    BOOST_TEST(report.outcomes[2] == publish_outcome::refused);
    BOOST_TEST(report.details[2] == "Not a directory");
    BOOST_TEST(fs::is_directory(d.base() / "17000/a"));
    BOOST_TEST(files_below(d.slot()).size() == 2U);
}

BOOST_DATA_TEST_CASE(publishing_can_be_repeated_after_a_crash_at_any_point, data::make(each_kind), where) {
    publishing_destination d(where);
    // Between the link and the unlinking.
    const auto linked = d.stage_one("17000/linked", "l");
    fs::create_directories(d.base() / "17000");
    fs::create_hard_link(d.slot() / "17000/linked", d.base() / "17000/linked");
    BOOST_TEST(d.publish_one(linked).outcomes[0] == publish_outcome::published);
    // After both.
    BOOST_TEST(d.publish_one(linked).outcomes[0] == publish_outcome::already_there);
    // After theirs was kept and before it was removed.
    const auto kept = d.stage_one("17000/kept", "k");
    write_file(d.base() / "17000/kept", "theirs");
    fs::create_directories(d.staging() / "replaced/7-1/17000");
    fs::create_hard_link(d.base() / "17000/kept", d.staging() / "replaced/7-1/17000/kept");
    BOOST_TEST(d.publish_one(kept).outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(read_file(d.base() / "17000/kept") == "k");
    // Nothing staged and nothing there.
    const auto lost = d.make("17000/lost", "x");
    BOOST_TEST(d.publish_one(lost).outcomes[0] == publish_outcome::unknown);
    BOOST_TEST(!fs::exists(d.base() / "17000/lost"));
    BOOST_TEST(d.nothing_staged());
}

BOOST_DATA_TEST_CASE(a_staged_file_that_is_published_already_is_never_written_into, data::make(each_kind),
                     where) {
    publishing_destination d(where);
    const auto first = d.stage_one("17000/a", "short");
    fs::create_directories(d.base() / "17000");
    fs::create_hard_link(d.slot() / "17000/a", d.base() / "17000/a");
    // The file has grown; --append would write into the published inode.
    const auto grown = d.make("17000/a", "short, and now longer");
    BOOST_REQUIRE(d.stage({grown}).end.finished());
    BOOST_TEST(read_file(d.base() / "17000/a") == "short");
    BOOST_TEST(read_file(d.slot() / "17000/a") == "short, and now longer");
}

BOOST_DATA_TEST_CASE(a_symbolic_link_at_the_final_path_is_kept_as_what_it_is, data::make(each_kind), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/a", "ours");
    fs::create_directories(d.base() / "17000");
    write_file(d.scratch / "elsewhere", "theirs");
    fs::create_symlink(d.scratch / "elsewhere", d.base() / "17000/a");
    const auto report = d.publish_one(item);
    BOOST_TEST(report.outcomes[0] == publish_outcome::replaced);
    BOOST_TEST(fs::is_symlink(report.details[0]));
    BOOST_TEST(read_file(d.scratch / "elsewhere") == "theirs");
    BOOST_TEST(!fs::is_symlink(d.base() / "17000/a"));
    BOOST_TEST(read_file(d.base() / "17000/a") == "ours");
}

// A directory below the base directory may lie on another file system; `mv` would copy there, and readers
// would see half a file.
BOOST_DATA_TEST_CASE(no_file_is_moved_to_another_file_system, data::make(each_kind), where) {
    const directory_in_tmp elsewhere;
    publishing_destination d(where);
    d.options.archive.remote_links = links_kind::follow;
    d.restarted();
    d.prepare();
    struct stat here = {};
    struct stat there = {};
    ::stat(d.base().c_str(), &here);
    ::stat(elsewhere.path.c_str(), &there);
    BOOST_REQUIRE_MESSAGE(here.st_dev != there.st_dev,
                          "this test needs /dev/shm and /tmp to be two file systems");
    const auto ours = d.stage_one("17000/ours", "second");
    const auto theirs = d.stage_one("17000/theirs", "second");
    fs::create_directory_symlink(elsewhere.path, d.base() / "17000");
    write_file(elsewhere.path / "ours", "first");
    write_file(elsewhere.path / "theirs", "theirs");
    // Our own earlier version.
    auto report = d.publish_one(ours, md5_of("first"));
    BOOST_TEST(report.outcomes[0] == publish_outcome::held_back);
    BOOST_TEST(report.details[0].find("another file system") != std::string::npos);
    BOOST_TEST(read_file(elsewhere.path / "ours") == "first");
    // Other content, which would be kept.
    report = d.publish_one(theirs);
    BOOST_TEST(report.outcomes[0] == publish_outcome::held_back);
    BOOST_TEST(report.details[0].find("another file system") != std::string::npos);
    BOOST_TEST(read_file(elsewhere.path / "theirs") == "theirs");
    BOOST_TEST(files_below(d.staging() / "replaced").empty());
    BOOST_TEST(files_below(d.slot()).size() == 2U);
}

BOOST_DATA_TEST_CASE(another_directory_in_place_of_the_base_gets_nothing, data::make(each_kind), where) {
    publishing_destination d(where);
    const auto item = d.stage_one("17000/a", "x");
    fs::rename(d.base(), d.scratch / "dest" / "unmounted");
    fs::create_directories(d.base());
    const auto report = d.publish_one(item);
    BOOST_REQUIRE(!report.end.finished());
    BOOST_TEST((report.end.error->code == failure_code::base_changed));
    BOOST_TEST(report.outcomes[0] == publish_outcome::unknown);
    BOOST_TEST(fs::is_empty(d.base()));
}

BOOST_AUTO_TEST_CASE(ten_thousand_files_take_one_command_and_few_processes) {
    destination d;
    d.prepare();
    std::vector<stage_item> items;
    for (int i = 0; i < 10000; ++i)
        items.push_back(d.make("17000/" + std::to_string(i % 7) + "/" + std::to_string(i), "x"));
    BOOST_REQUIRE(d.stage(items).end.finished());
    // Programs that count their starts, ahead of the real ones.
    for (const char* program :
         {"cp", "ln", "rm", "mkdir", "md5sum", "stat", "head", "find", "cat", "xargs"}) {
        write_file(d.scratch / "bin" / program, "#!/bin/sh\necho >>'" + (d.scratch / "starts").string() +
                                                    "'\nexec /usr/bin/" + program + " \"$@\"\n");
        ::chmod((d.scratch / "bin" / program).c_str(), 0755);
    }
    const std::string path = ::getenv("PATH");
    ::setenv("PATH", ((d.scratch / "bin").string() + ":" + path).c_str(), 1);
    const auto report = d.publish(items);
    ::setenv("PATH", path.c_str(), 1);
    const auto starts = read_file(d.scratch / "starts").size();
    BOOST_TEST(report.end.finished());
    BOOST_TEST(std::count(report.outcomes.begin(), report.outcomes.end(), publish_outcome::published) ==
               10000);
    BOOST_TEST(starts > 5U);
    BOOST_TEST(starts < 100U);
    BOOST_TEST(files_below(d.slot()).empty());
    BOOST_TEST(files_below(d.base()).size() == 10000U);
}

BOOST_AUTO_TEST_SUITE_END()

// Removing where the file system cannot rename without replacing, and what happens at the very moment that a
// file gets its removal name.
#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "storage/disk/removal.hpp"
#include "tests/storage/disk/refused_call.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(removals_without_renaming)

namespace {

struct judged_file {
    scratch_directory scratch;
    fs::path day = fs::canonical(scratch.path()) / "day";
    fs::path file = day / "file";
    removal judged;

    judged_file() {
        write_file(file, "content");
        judged = {file.string(), 7, running_disk().stat(file).value()};
    }
    std::string remove() const {
        const auto never = std::chrono::steady_clock::time_point::max();
        return told(remove_file(judged, root_directories({scratch.path().string()}), never));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_file_is_unlinked_in_its_directory) {
    for (const int error : {EINVAL, ENOSYS, EOPNOTSUPP}) {
        judged_file w;
        const auto moved = w.scratch / "moved";
        without_call(SYS_renameat2, error, [&] {
            // Another directory takes the place of the judged one.
            refused_call::meanwhile = [&] {
                fs::rename(w.day, moved);
                write_file(w.file, "another");
            };
            BOOST_TEST(w.remove() == "done");
        });
        BOOST_TEST(names_in(moved).empty());
        BOOST_TEST(read_file(w.file) == "another");
    }
}

BOOST_FIXTURE_TEST_CASE(another_file_than_the_judged_one_stays, judged_file) {
    ++judged.expected.inode;
    without_call(SYS_renameat2, EINVAL, [&] { BOOST_TEST(remove().starts_with("changed: ")); });
    BOOST_TEST(read_file(file) == "content");
}

BOOST_FIXTURE_TEST_CASE(what_is_withdrawn_while_its_directory_is_opened_stays, judged_file) {
    const auto withdrawn = std::make_shared<std::atomic<bool>>(false);
    judged.withdrawn = withdrawn;
    without_call(SYS_renameat2, ENOSYS, [&] {
        without_call(SYS_openat2, ENOSYS, [&] {
            refused_call::meanwhile = [&] { *withdrawn = true; };
            BOOST_TEST(remove().starts_with("stopped: "));
        });
    });
    BOOST_TEST(read_file(file) == "content");
}

BOOST_FIXTURE_TEST_CASE(another_refusal_unlinks_nothing, judged_file) {
    without_call(SYS_renameat2, EACCES, [&] { BOOST_TEST(remove().starts_with("not_permitted: ")); });
    BOOST_TEST(read_file(file) == "content");
}

BOOST_FIXTURE_TEST_CASE(there_is_nothing_to_undo, judged_file) {
    const auto undo = [&] {
        const auto undone = undo_removal(file.string(), 7, std::nullopt);
        return undone && !*undone ? "nothing" : told(undone);
    };
    without_call(SYS_renameat2, EINVAL, [&] { BOOST_TEST(undo() == "nothing"); });
    without_call(SYS_renameat2, EIO, [&] { BOOST_TEST(undo().starts_with("place: ")); });
}

BOOST_AUTO_TEST_SUITE_END()

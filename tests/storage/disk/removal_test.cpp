// What goes when a file is removed, whatever happens to its path meanwhile.
#include "storage/disk/removal.hpp"

#include <fcntl.h>

#include "storage/disk/beneath.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(removals)

namespace {

struct removal_world {
    scratch_directory scratch;
    running_disk d;
    fs::path root = scratch.path() / "root";
    fs::path file = root / "day/file";
    fs::path left = root / "day" / removal_name(7);

    removal_world() { write_file(file, "content"); }
    removal of(const file_identity& expected) const { return {file.string(), 7, expected}; }
    removal as_it_is() { return of(d.stat(file).value()); }
    std::string remove(const removal& what) { return told(d.remove(what, {root.string()})); }
    std::string undo(std::optional<lasting_identity> of = {}) {
        const auto undone = d.wait(d.disk->undo_removal(file.string(), 7, of));
        return undone ? *undone ? "undone" : "nothing" : told(undone);
    }
    std::string finish(const removal& what) {
        const auto directory =
            open_directory("delete", file.parent_path().string(), root_directories({})).value();
        return told(finish_removal(directory.number(), what, std::chrono::steady_clock::time_point::max()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_directory_that_became_a_link_out_of_the_roots_is_left_alone, removal_world) {
    const auto judged = as_it_is();
    fs::rename(root / "day", scratch / "elsewhere");
    fs::create_directory_symlink(scratch / "elsewhere", root / "day");
    BOOST_TEST(remove(judged).starts_with("not_permitted: "));
    BOOST_TEST(read_file(scratch / "elsewhere/file") == "content");
    BOOST_TEST(told(d.remove(judged)) == "done");
}

BOOST_FIXTURE_TEST_CASE(a_link_below_the_roots_is_followed, removal_world) {
    const auto judged = as_it_is();
    fs::rename(root / "day", root / "moved");
    fs::create_directory_symlink("moved", root / "day");
    BOOST_TEST(remove(judged) == "done");
    BOOST_TEST(names_in(root / "moved").empty());
}

BOOST_FIXTURE_TEST_CASE(another_file_that_got_the_removal_name_gets_its_name_back, removal_world) {
    auto other = as_it_is();
    ++other.expected.inode;
    fs::rename(file, left);
    BOOST_TEST(finish(other).starts_with("changed: "));
    BOOST_TEST(names_in(root / "day") == strings{"file"}, boost::test_tools::per_element());
    BOOST_TEST(read_file(file) == "content");
}

BOOST_FIXTURE_TEST_CASE(a_newer_file_is_never_replaced, removal_world) {
    auto other = as_it_is();
    ++other.expected.inode;
    fs::rename(file, left);
    write_file(file, "newer");
    const auto said = finish(other);
    BOOST_TEST(said.starts_with("conflict: "));
    BOOST_TEST(said.find(left.string()) != std::string::npos, said);
    BOOST_TEST(read_file(file) == "newer");
    BOOST_TEST(read_file(left) == "content");
    BOOST_TEST(undo().starts_with("conflict: "));
    BOOST_TEST(remove(as_it_is()).starts_with("conflict: "));
    BOOST_TEST(read_file(file) == "newer");
}

BOOST_FIXTURE_TEST_CASE(what_is_no_name_is_never_taken_for_one, removal_world) {
    // System calls would see the part before the NUL byte.
    for (const auto& path : {file.string() + std::string("\0x", 2), (root / "day").string() + "/"}) {
        auto judged = as_it_is();
        judged.path = path;
        BOOST_TEST(remove(judged).starts_with("invalid: "));
    }
    BOOST_TEST(read_file(file) == "content");
}

BOOST_FIXTURE_TEST_CASE(what_somebody_else_removed_meanwhile_is_gone, removal_world) {
    const auto judged = as_it_is();
    fs::remove(file);
    BOOST_TEST(finish(judged).starts_with("not_found: "));
}

BOOST_FIXTURE_TEST_CASE(of_several_files_only_those_go_whose_decision_stands, removal_world) {
    write_file(root / "day/withdrawn", "content");
    std::vector<removal> files{as_it_is(), as_it_is(), {(root / "day/withdrawn").string(), 8, {}}};
    files[2].expected = d.stat(root / "day/withdrawn").value();
    files[2].withdrawn = std::make_shared<const std::atomic<bool>>(true);
    const auto removed = d.wait(d.disk->remove(files, {root.string()}, std::chrono::minutes(1)));
    BOOST_TEST(told(removed[0]) == "done");
    BOOST_TEST(told(removed[1]).starts_with("not_found: "));
    BOOST_TEST(told(removed[2]).starts_with("stopped: "));
    BOOST_TEST(names_in(root / "day") == strings{"withdrawn"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_file_whose_turn_comes_too_late_stays, removal_world) {
    BOOST_TEST(told(d.remove(as_it_is(), {}, std::chrono::seconds(-1))).starts_with("stopped: "));
    BOOST_TEST(names_in(root / "day") == strings{"file"}, boost::test_tools::per_element());
    // Its directory is not even looked at: that may take long.
    const removal nowhere{(root / "none/file").string(), 7, {}};
    BOOST_TEST(told(d.remove(nowhere, {}, std::chrono::seconds(-1))).starts_with("stopped: "));
    fs::rename(file, left);
    const auto directory =
        open_directory("delete", file.parent_path().string(), root_directories({})).value();
    const auto expected = d.stat(left).value();
    const auto past = std::chrono::steady_clock::time_point::min();
    BOOST_TEST(told(finish_removal(directory.number(), of(expected), past)).starts_with("stopped: "));
    BOOST_TEST(names_in(root / "day") == strings{"file"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(an_interrupted_removal_is_undone, removal_world) {
    BOOST_TEST(undo() == "nothing");
    fs::rename(file, left);
    BOOST_TEST(undo() == "undone");
    BOOST_TEST(read_file(file) == "content");
    BOOST_TEST(undo() == "nothing");
    fs::remove_all(root);
    BOOST_TEST(undo() == "nothing");
}

// Also where the device has another number since.
BOOST_FIXTURE_TEST_CASE(the_very_file_whose_removal_was_interrupted_gets_its_name_back, removal_world) {
    const auto judged = lasting(as_it_is().expected);
    BOOST_TEST(undo(judged) == "nothing");
    fs::rename(file, left);
    BOOST_TEST(undo(judged) == "undone");
    BOOST_TEST(read_file(file) == "content");
}

// Another catalog that deletes in this directory has a row of that id, too.
BOOST_FIXTURE_TEST_CASE(what_another_catalog_left_under_the_name_does_not_get_the_name_of_ours,
                        removal_world) {
    const auto judged = lasting(as_it_is().expected);
    fs::rename(file, left);
    for (const auto change : {&lasting_identity::inode, &lasting_identity::size}) {
        auto other = judged;
        ++(other.*change);
        const auto said = undo(other);
        BOOST_TEST(said.starts_with("conflict: "), said);
        BOOST_TEST(said.find(left.string()) != std::string::npos, said);
    }
    auto other = judged;
    ++other.mtime_ns;
    BOOST_TEST(undo(other).starts_with("conflict: "));
    BOOST_TEST(names_in(root / "day") == strings{left.filename().string()}, boost::test_tools::per_element());
    for (const auto* target : {"nowhere", "/dev/null"}) {
        fs::remove(left);
        fs::create_symlink(target, left);
        BOOST_TEST(undo(judged).starts_with("conflict: "));
        BOOST_TEST(fs::is_symlink(left));
    }
}

BOOST_AUTO_TEST_SUITE_END()

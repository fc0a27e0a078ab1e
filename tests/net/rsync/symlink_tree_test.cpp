// The tree of symbolic links that maps local paths to remote ones for one rsync.
#include "net/rsync/symlink_tree.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/net/transport_fixture.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
using namespace suprsync;
using namespace suprsync::test;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(symlink_trees)

namespace {

symlink_tree make(const fs::path& path, const std::vector<stage_item>& items) {
    auto tree = symlink_tree::make(path);
    BOOST_REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : tree.error().text()));
    const auto filled = tree->fill(items);
    BOOST_REQUIRE_MESSAGE(filled.has_value(), (filled ? "" : filled.error().text()));
    return std::move(*tree);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_item_is_a_link_to_its_local_file) {
    scratch_directory scratch;
    std::vector<stage_item> items;
    for (const std::string name : {"17000/a", "17000/deep/er/b", "17000/new\nline", "-rf", "#x", ";y",
                                   "17000/\xff", "17000/it's \"so\"", "top"})
        items.push_back({scratch / "local" / name, name, 1});
    items.push_back({"relative/../odd", "17000/odd", 1});
    const auto path = scratch / "tree";
    {
        const auto tree = make(path, items);
        BOOST_TEST(tree.path() == path.string());
        struct stat found = {};
        BOOST_REQUIRE(::stat(path.c_str(), &found) == 0);
        BOOST_TEST((found.st_mode & 0777U) == 0700U);
        std::string list;
        for (const auto& item : items) {
            BOOST_TEST(fs::read_symlink(path / item.remote_path).string() == item.local_path);
            list.append("./").append(item.remote_path).push_back('\0');
        }
        BOOST_TEST((tree.list() == list));
        for (const auto& complaint : tree.complaints()) BOOST_TEST(!complaint);
    }
    BOOST_TEST(!fs::exists(path));
}

BOOST_AUTO_TEST_CASE(what_excludes_another_item_is_told_and_the_others_go_on) {
    scratch_directory scratch;
    const auto tree = make(scratch / "tree", {{"/l/1", "a", 1},
                                              {"/l/2", "a/b", 1},  // a file "a" is there
                                              {"/l/3", "c/d", 1},
                                              {"/l/4", "c", 1},  // a directory "c" is there
                                              {"/l/5", "a", 1},  // twice
                                              {"/l/6", "c/e", 1}});
    const std::vector<bool> told = {false, true, false, true, true, false};
    for (std::size_t i = 0; i < told.size(); ++i) {
        BOOST_TEST(tree.complaints()[i].has_value() == told[i], i);
        if (told[i])
            BOOST_TEST(tree.complaints()[i]->find("exclude each other") != std::string::npos,
                       *tree.complaints()[i]);
    }
    BOOST_TEST((tree.list() == "./a\0./c/d\0./c/e\0"s));
    BOOST_TEST(fs::read_symlink(scratch / "tree/a") == "/l/1");
}

BOOST_AUTO_TEST_CASE(a_name_never_leads_out_of_the_tree) {
    // A link of an earlier item is no way for a later one: "x/y" would be made in what "x" points to.
    scratch_directory scratch;
    fs::create_directories(scratch / "outside");
    const auto tree = make(scratch / "tree", {{scratch / "outside", "x", 1}, {"/l/2", "x/y", 1}});
    BOOST_TEST(!tree.complaints()[0]);
    BOOST_TEST(tree.complaints()[1].has_value());
    BOOST_TEST(fs::is_empty(scratch / "outside"));
}

BOOST_AUTO_TEST_CASE(names_that_no_file_system_takes_are_told) {
    scratch_directory scratch;
    std::string deep;
    while (deep.size() < 4100) deep += "directory/";
    const auto tree = make(scratch / "tree", {{"/l/1", "17000/" + std::string(256, 'n'), 1},
                                              {"/l/2", std::string(256, 'd') + "/x", 1},
                                              {"/l/3", deep + "x", 1},
                                              {"/l/4", "17000/" + std::string(255, 'n'), 1},
                                              {"", "17000/nowhere", 1},
                                              {std::string(5000, 'l'), "17000/long", 1}});
    for (std::size_t i : {0U, 1U, 2U, 5U})
        BOOST_TEST(tree.complaints()[i].value_or("").find("File name too long") != std::string::npos, i);
    BOOST_TEST(!tree.complaints()[3]);
    BOOST_TEST(tree.complaints()[4].value_or("").find("No such file") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tree_that_somebody_removed_is_no_fault_of_a_file) {
    scratch_directory scratch;
    auto tree = symlink_tree::make(scratch / "tree").value();
    fs::remove_all(scratch / "tree");
    const auto filled = tree.fill({{"/l/1", "1", 1}});
    BOOST_REQUIRE(filled.has_error());
    BOOST_TEST((filled.error().code == failure_code::runtime_directory));
}

BOOST_AUTO_TEST_CASE(a_full_place_for_the_tree_is_no_fault_of_a_file,
                     *only_where_file_systems_can_be_mounted()) {
    scratch_directory scratch;
    BOOST_REQUIRE(::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "nr_inodes=4") == 0);
    {
        auto tree = symlink_tree::make(scratch / "tree").value();
        std::vector<stage_item> items;
        for (int n = 0; n < 9; ++n) items.push_back({"/l/1", std::to_string(n), 1});
        const auto filled = tree.fill(items);
        BOOST_TEST(filled.has_error());
        if (!filled) BOOST_TEST((filled.error().code == failure_code::runtime_directory));
    }
    ::umount(scratch.path().c_str());
}

BOOST_AUTO_TEST_CASE(the_tree_is_a_new_one_or_none) {
    scratch_directory scratch;
    fs::create_directory(scratch / "there");
    write_file(scratch / "there/x", "somebody's");
    for (const auto& path : {scratch / "there", scratch / "no parent" / "tree"}) {
        const auto tree = symlink_tree::make(path);
        BOOST_REQUIRE(tree.has_error());
        BOOST_TEST((tree.error().code == failure_code::runtime_directory));
        BOOST_TEST(tree.error().text().find(path.string()) != std::string::npos);
    }
    BOOST_TEST(read_file(scratch / "there/x") == "somebody's");
}

BOOST_AUTO_TEST_CASE(only_the_links_are_removed_and_moving_does_not_remove_twice) {
    scratch_directory scratch;
    write_file(scratch / "local/a", "x");
    write_file(scratch / "local/dir/b", "y");
    {
        auto first =
            make(scratch / "one", {{scratch / "local/a", "a", 1}, {scratch / "local/dir", "dir", 1}});
        auto second = make(scratch / "two", {});
        auto moved = std::move(first);
        BOOST_TEST(fs::exists(scratch / "one/a"));
        BOOST_TEST((moved.list() == "./a\0./dir\0"s));
        second = std::move(moved);
        BOOST_TEST(second.path() == (scratch / "one").string());
    }
    BOOST_TEST(!fs::exists(scratch / "one"));
    BOOST_TEST(!fs::exists(scratch / "two"));
    BOOST_TEST(read_file(scratch / "local/a") == "x");
    BOOST_TEST(read_file(scratch / "local/dir/b") == "y");
}

BOOST_AUTO_TEST_SUITE_END()

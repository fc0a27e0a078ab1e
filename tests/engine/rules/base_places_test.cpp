// Which paths below two base directories are one file.
#include "engine/rules/base_places.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <vector>

using namespace suprsync;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(base_places)

namespace {

known_base at(const std::string& path, const std::string& machine = "boot",
              const std::string& disk = "254:0") {
    return {"host:/spelled as " + machine + disk + path, directory_place{machine, disk, path}};
}

std::string by(const known_base& own, const std::string& remote_path, const known_base& other) {
    const auto offset = offset_between(own, other);
    return offset ? path_by(*offset, remote_path).value_or("not below it") : "none";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_below_the_inner_base_directory_has_two_paths) {
    BOOST_TEST(by(at("/data/sub"), "17000/x", at("/data")) == "sub/17000/x");
    BOOST_TEST(by(at("/data"), "sub/17000/x", at("/data/sub")) == "17000/x");
    BOOST_TEST(by(at("/data"), "17000/x", at("/data/sub")) == "not below it");
    BOOST_TEST(by(at("/data"), "sub", at("/data/sub")) == "not below it");
    BOOST_TEST(by(at("/data"), "17000/x", at("/data")) == "17000/x");
    // By a mount of what the other one's file system holds somewhere.
    BOOST_TEST(by(at("/"), "a/b/x", at("/a/b")) == "x");
    BOOST_TEST(by(at("/a/b"), "x", at("/")) == "a/b/x");
}

BOOST_AUTO_TEST_CASE(a_name_that_begins_like_another_one_is_another_directory) {
    BOOST_TEST(by(at("/data"), "x", at("/data2")) == "none");
    BOOST_TEST(by(at("/data/sub"), "x", at("/data/su")) == "none");
    BOOST_TEST(by({"host:/data", {}}, "x", {"host:/data2", {}}) == "none");
}

BOOST_AUTO_TEST_CASE(another_machine_or_file_system_is_another_place) {
    BOOST_TEST(by(at("/data"), "x", at("/data", "boot", "254:1")) == "none");
    BOOST_TEST(by(at("/data"), "x", at("/data", "another")) == "none");
}

BOOST_AUTO_TEST_CASE(how_they_are_spelled_decides_where_nothing_was_found_yet) {
    BOOST_TEST(by({"host:/data", {}}, "x", {"host:/data", {}}) == "x");
    BOOST_TEST(by({"host:/data/sub", {}}, "x", {"host:/data", {}}) == "sub/x");
    BOOST_TEST(by({"/data/sub", {}}, "x", {"/data", {}}) == "sub/x");
    BOOST_TEST(by({"host:/data", {}}, "x", {"/data", {}}) == "none");
    auto found = at("/data");
    found.destination = "host:/data";
    BOOST_TEST(by(found, "x", {"host:/data", {}}) == "x");
    // What is spelled below the other may be a symbolic link that leads elsewhere.
    auto elsewhere = at("/elsewhere");
    elsewhere.destination = "host:/data/sub";
    BOOST_TEST(by(elsewhere, "x", found) == "none");
    elsewhere.place->machine = "before the machine was started anew";
    BOOST_TEST(by(elsewhere, "x", found) == "sub/x");
}

BOOST_AUTO_TEST_CASE(a_start_of_the_machine_moves_no_directory) {
    const auto now = *at("/data", "after", "254:7").place;
    BOOST_TEST(is_restarted(*at("/data").place, now));
    BOOST_TEST(!is_restarted(*at("/other").place, now));
    BOOST_TEST(!is_restarted(*at("/data", "after").place, now));
}

// All pairs of directories of a small tree, found or only spelled, and all paths below them: one is the
// other's where the file is the same, and nowhere else; there and back is the same path.
BOOST_AUTO_TEST_CASE(in_all_small_trees_paths_are_one_where_the_file_is_one) {
    std::vector<std::string> directories{"/"}, remote_paths;
    for (const std::string a : {"a", "b", "ab"}) {
        remote_paths.push_back(a);
        directories.push_back("/" + a);
        for (const std::string b : {"a", "b", "ab"}) {
            remote_paths.push_back(a + "/" + b);
            directories.push_back("/" + a + "/" + b);
            for (const std::string c : {"a", "b", "ab"}) remote_paths.push_back(a + "/" + b + "/" + c);
        }
    }
    std::size_t same = 0;
    for (const bool found : {true, false})
        for (const auto& one : directories)
            for (const auto& two : directories) {
                const auto own = found ? at(one) : known_base{"host:" + (one == "/" ? "" : one), {}};
                const auto other = found ? at(two) : known_base{"host:" + (two == "/" ? "" : two), {}};
                const auto there = offset_between(own, other), back = offset_between(other, own);
                BOOST_REQUIRE(there.has_value() == back.has_value());
                for (const auto& path : remote_paths) {
                    const auto called = there ? path_by(*there, path) : std::nullopt;
                    const auto file = fs::path(one) / path;
                    const auto below = file.lexically_relative(two).string();
                    const bool lies_there = !below.starts_with("..") && below != ".";
                    BOOST_REQUIRE_MESSAGE(called.has_value() == (lies_there && there.has_value()),
                                          one << " " << two << " " << path);
                    // Directories beside each other hold no file of both.
                    BOOST_REQUIRE(there.has_value() || !lies_there);
                    if (!called) continue;
                    ++same;
                    BOOST_REQUIRE(*called == below);
                    BOOST_REQUIRE(path_by(*back, *called) == path);
                }
            }
    BOOST_TEST(same > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

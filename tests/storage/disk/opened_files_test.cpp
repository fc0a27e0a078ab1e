// What is read of a file that was judged, whatever takes its name.
#include <thread>

#include "storage/disk/beneath.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(opened_files)

namespace {

struct opened_world {
    scratch_directory scratch;
    running_disk d;
    fs::path root = fs::canonical(scratch.path()) / "root";
    fs::path file = root / "day/file";
    fs::path secret = scratch / "secret/file";

    opened_world() {
        write_file(file, "content");
        write_file(secret, "a secret");
    }
    result<open_file> open(const fs::path& path) {
        return d.wait(d.disk->open({path.string()}, {root.string(), (scratch / "none").string()})).at(0);
    }
    std::string sum(const open_file& opened) {
        return d.wait(d.disk->digest_open({opened})).at(0).value().md5;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_open_stays_the_file_that_was_judged, opened_world) {
    const auto opened = open(file).value();
    BOOST_TEST((opened.identity == d.stat(file).value()));
    BOOST_TEST(opened.real_path == file.string());
    fs::rename(secret, file);
    BOOST_TEST(sum(opened) == md5_of("content"));
    BOOST_TEST(read_file(opened.read_at) == "content");
    BOOST_TEST((opened.identity != d.stat(file).value()));
}

BOOST_FIXTURE_TEST_CASE(where_it_lies_is_known_however_its_path_is_spelled, opened_world) {
    fs::create_directory_symlink(root / "day", root / "today");
    fs::create_symlink("file", root / "day/link");
    for (const auto* spelling : {"day//file", "day/./file", "today/file", "today/link"})
        BOOST_TEST(open(root / spelling).value().real_path == file.string(), spelling);
}

BOOST_FIXTURE_TEST_CASE(a_name_that_became_a_link_out_of_the_roots_is_not_opened, opened_world) {
    fs::remove(file);
    fs::create_symlink(secret, file);
    BOOST_TEST(told(open(file)).starts_with("not_permitted: "));
    const auto read = d.wait(d.disk->digest({file.string()}, {root.string()})).at(0);
    BOOST_TEST((read.error().code == failure_code::not_permitted));
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_became_a_link_out_of_the_roots_is_not_opened, opened_world) {
    fs::remove_all(root / "day");
    fs::create_directory_symlink(secret.parent_path(), root / "day");
    BOOST_TEST(told(open(file)).starts_with("not_permitted: "));
}

BOOST_FIXTURE_TEST_CASE(links_within_the_roots_are_followed_and_rows_of_others_lie_anywhere, opened_world) {
    fs::create_symlink("day/file", root / "link");
    BOOST_TEST(sum(open(root / "link").value()) == md5_of("content"));
    BOOST_TEST(sum(open(secret).value()) == md5_of("a secret"));
    fs::create_symlink(secret, scratch / "link");
    BOOST_TEST(sum(open(scratch / "link").value()) == md5_of("a secret"));
    // By another spelling of a root it is the root's all the same.
    fs::create_symlink(secret, root / "day/out");
    BOOST_TEST(told(open(root.string() + "//day/./out")).starts_with("not_permitted: "));
}

BOOST_FIXTURE_TEST_CASE(a_file_is_closed_with_the_last_who_holds_it, opened_world) {
    auto opened = std::make_optional(open(file).value());
    auto held = opened->held;
    opened.reset();
    BOOST_TEST(is_open_here(file));
    held.reset();
    while (is_open_here(file)) std::this_thread::yield();  // closed by another thread
}

BOOST_AUTO_TEST_SUITE_END()

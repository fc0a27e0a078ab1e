// Opening below a root where the kernel or a sandbox has no openat2: component by component, and just as
// strictly.
#include "storage/disk/beneath.hpp"

#include <sys/syscall.h>

#include <cerrno>
#include <functional>

#include "tests/storage/disk/refused_call.hpp"
#include "tests/storage/disk/running_disk.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(opened_without_openat2)

namespace {

void without_openat2(int error, const std::function<void()>& act) {
    without_call(SYS_openat2, error, act);
    BOOST_TEST(refused_call::asked > 0);
}

struct walked_world {
    scratch_directory scratch;
    fs::path root = fs::canonical(scratch.path()) / "root";
    fs::path file = root / "day/deeper/file";
    fs::path secret = fs::canonical(scratch.path()) / "secret";
    root_directories roots{{(write_file(file, "content"), root.string())}};

    walked_world() { write_file(secret / "deeper/file", "a secret"); }
    result<regular_file> open() { return open_regular("read", file.string(), roots); }
    static std::string content(const regular_file& opened) {
        return read_file("/proc/self/fd/" + std::to_string(opened.descriptor.number()));
    }
    // The link takes the place of what was there when the path was resolved.
    void replaced_by_link(const fs::path& there, const fs::path& target) {
        refused_call::meanwhile = [this, there, target] {
            fs::rename(there, scratch / "away");
            fs::create_symlink(target, there);
        };
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_file_below_the_root_is_opened, walked_world) {
    for (const int error : {ENOSYS, EPERM})
        without_openat2(error, [&] {
            const auto opened = open();
            BOOST_TEST(told(opened) == "done");
            if (opened) BOOST_TEST(content(*opened) == "content");
            BOOST_TEST(open_directory("list", root.string(), roots).has_value());
            BOOST_TEST(open_directory("list", file.parent_path().string(), roots).has_value());
        });
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_becomes_a_link_meanwhile_is_not_gone_through, walked_world) {
    without_openat2(ENOSYS, [&] {
        replaced_by_link(root / "day", secret);
        BOOST_TEST(told(open()).starts_with("not_permitted: "));
        BOOST_TEST(!refused_call::meanwhile);
    });
}

BOOST_FIXTURE_TEST_CASE(a_file_that_becomes_a_link_meanwhile_is_not_followed, walked_world) {
    without_openat2(ENOSYS, [&] {
        replaced_by_link(file, secret / "deeper/file");
        BOOST_TEST(told(open()).starts_with("not_permitted: "));
    });
}

BOOST_FIXTURE_TEST_CASE(another_refusal_is_told, walked_world) {
    without_openat2(EACCES, [&] {
        const auto opened = open();
        BOOST_REQUIRE(!opened.has_value());
        BOOST_TEST((opened.error().code == failure_code::not_permitted));
    });
}

BOOST_AUTO_TEST_SUITE_END()

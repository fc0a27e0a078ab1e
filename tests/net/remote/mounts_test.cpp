// Where a base directory lies, by whatever link or mount it is reached; and bind mounts, which have the
// device of what they show: nothing can be linked or renamed from one to the other all the same.
#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "net/remote/probe.hpp"
#include "tests/net/remote/delivering_destination.hpp"
#include "tests/net/remote/preparing.hpp"
#include "tests/support/bind_mount.hpp"
#include "tests/support/net/far_shells.hpp"
#include "tests/support/net/printing.hpp"
#include "tests/support/only_where.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(mounts_there)

namespace {

directory_place place_by(destination& d, const fs::path& path) {
    d.close();
    d.options.archive.remote_basedir = path;
    const auto facts = ask(d);
    BOOST_REQUIRE_MESSAGE(facts.has_value(), (facts ? "" : facts.error().text()));
    BOOST_REQUIRE(facts->place.has_value());
    return *facts->place;
}

}  // namespace

BOOST_DATA_TEST_CASE(a_base_directory_lies_where_its_symbolic_links_lead, data::make(every_sh), sh) {
    const sh_is shell_there(sh);
    destination d;
    fs::create_directories(d.base() / "sub");
    fs::create_directory_symlink(d.base() / "sub", d.scratch / "link to sub");
    const auto outer = place_by(d, d.base());
    const auto inner = place_by(d, d.scratch / "link to sub");
    BOOST_TEST(!outer.machine.empty());
    BOOST_TEST(inner.machine == outer.machine);
    BOOST_TEST(inner.file_system == outer.file_system);
    BOOST_TEST(inner.path == outer.path + "/sub");
    BOOST_TEST((place_by(d, d.base() / "sub/../sub//") == inner));
}

BOOST_TEST_DECORATOR(*only_where_file_systems_can_be_mounted())
BOOST_DATA_TEST_CASE(a_base_directory_lies_where_its_mount_shows, data::make(each_kind), where) {
    destination d(where);
    fs::create_directories(d.base() / "a b\\c/sub");
    fs::create_directories(d.scratch / "mounted");
    const auto outer = place_by(d, d.base());
    const bind_mount mounted(d.base() / "a b\\c", d.scratch / "mounted");
    const auto inner = place_by(d, d.scratch / "mounted/sub");
    BOOST_TEST(inner.file_system == outer.file_system);
    BOOST_TEST(inner.path == outer.path + "/a b\\c/sub");
}

BOOST_AUTO_TEST_CASE(a_base_directory_that_is_a_bind_mount_has_no_staging_beside_it,
                     *only_where_file_systems_can_be_mounted()) {
    destination d;
    fs::create_directories(d.scratch / "elsewhere");
    const bind_mount mounted(d.scratch / "elsewhere", d.base());
    BOOST_TEST(refusal_of_staging(ask(d)).find("mount point") != std::string::npos);
    child_runner runner(d.context.get_executor(), nullptr);
    const auto found = d.wait(probe_destination(d.context.get_executor(), runner, d.options, catalog_uuid));
    BOOST_TEST(found.base_is_mount_point);
    BOOST_TEST(!found.staging_same_file_system);
}

BOOST_AUTO_TEST_CASE(what_is_mounted_below_the_base_directory_is_listed,
                     *only_where_file_systems_can_be_mounted()) {
    destination d;
    fs::create_directories(d.scratch / "elsewhere");
    fs::create_directories(d.base() / "17000/x/y/mounted here");
    const bind_mount mounted(d.scratch / "elsewhere", d.base() / "17000/x/y/mounted here");
    child_runner runner(d.context.get_executor(), nullptr);
    const auto found = d.wait(probe_destination(d.context.get_executor(), runner, d.options, catalog_uuid));
    BOOST_REQUIRE(found.unusable_directories.size() == 1U);
    BOOST_TEST(
        (found.unusable_directories[0] == std::pair<char, std::string>('x', "17000/x/y/mounted here")));
}

// By a copy a reader could see half of it.
BOOST_TEST_DECORATOR(*only_where_file_systems_can_be_mounted())
BOOST_DATA_TEST_CASE(nothing_is_copied_into_a_bind_mount, data::make(each_kind), where) {
    delivering_destination d(where);
    fs::create_directories(d.scratch / "elsewhere");
    fs::create_directories(d.base() / "17000");
    write_file(d.scratch / "elsewhere/old", "old");
    bind_mount mounted(d.scratch / "elsewhere", d.base() / "17000");
    const auto files = std::vector{d.make("17000/new", "new"), d.make("17000/old", "changed")};
    BOOST_REQUIRE(d.stage(files).end.finished());
    auto items = d.items_of(files);
    items[1].supersedes_md5 = md5_of("old");
    const auto report = d.wait(d.get().publish(0, items));
    BOOST_REQUIRE(report.end.finished());
    for (std::size_t i = 0; i < 2; ++i) {
        BOOST_TEST(report.outcomes[i] == publish_outcome::held_back);
        BOOST_TEST(report.details[i].find("another file system") != std::string::npos, report.details[i]);
    }
    BOOST_TEST(read_file(d.scratch / "elsewhere/old") == "old");
    BOOST_TEST(!fs::exists(d.scratch / "elsewhere/new"));
}

BOOST_AUTO_TEST_SUITE_END()

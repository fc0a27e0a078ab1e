// What lies on a file system that does not answer any more.
#include "storage/disk/place_probe.hpp"
#include "tests/storage/disk/running_disk.hpp"
#include "tests/support/dead_mount.hpp"
#include "tests/support/only_where.hpp"

using namespace suprsync;
using namespace suprsync::test;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(hanging_disk, *only_root_can("mount a file system"))

namespace {

constexpr auto soon = std::chrono::milliseconds(200);

struct dead_world {
    scratch_directory scratch;
    fs::path dead = fs::canonical(scratch.path()) / "dead";
    fs::path file = scratch / "file";
    running_disk d{1, disk_limits{soon, soon, soon}};
    std::optional<dead_mount> mounted;

    dead_world() {
        write_file(file, "content");
        fs::create_directory(dead);
        mounted.emplace(dead);
    }
    std::string there() const { return file.string(); }
    std::string hung(const std::string& name = "x") const { return (dead / name).string(); }
};

template <class T>
strings codes(const std::vector<result<T>>& answers) {
    strings said;
    for (const auto& answer : answers)
        said.push_back(answer ? "there" : std::string(name_of(answer.error().code)));
    return said;
}

const strings only_the_hung_one = {"there", "place", "there"};

}  // namespace

BOOST_FIXTURE_TEST_CASE(every_look_at_it_ends_and_names_the_path, dead_world) {
    const auto seen = d.wait(d.disk->stat({there(), hung(), there()}));
    BOOST_TEST(codes(seen) == only_the_hung_one, boost::test_tools::per_element());
    BOOST_TEST(seen[1].error().text().find(hung()) != std::string::npos);
    BOOST_TEST(codes(d.wait(d.disk->resolve({there(), hung("r"), there()}))) == only_the_hung_one,
               boost::test_tools::per_element());
    BOOST_TEST(codes(d.wait(d.disk->open({there(), hung("o"), there()}, {}))) == only_the_hung_one,
               boost::test_tools::per_element());
    BOOST_TEST(codes(d.wait(d.disk->digest({there(), hung("d"), there()}, {}))) == only_the_hung_one,
               boost::test_tools::per_element());
    BOOST_TEST((d.wait(d.disk->devices({hung("v")})) == std::vector<std::uint64_t>{0}));
    BOOST_TEST((d.wait(d.disk->space(hung("s"))).error().code == failure_code::place));
    BOOST_TEST((d.wait(d.disk->write_whole(hung("w"), "x")).error().code == failure_code::place));
    BOOST_TEST((d.remove({hung("m"), 1, {}}).error().code == failure_code::place));
}

BOOST_FIXTURE_TEST_CASE(sums_of_a_hung_file_are_waited_for_no_longer_than_the_limit, dead_world) {
    BOOST_TEST(codes(d.wait(d.disk->digest({there(), hung(), there()}, {}))) == only_the_hung_one,
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(doctor_says_that_it_does_not_answer, dead_world) {
    BOOST_TEST(!probe_place(hung(), soon).answers);
    BOOST_TEST(probe_place(scratch.path().string()).answers);
}

BOOST_FIXTURE_TEST_CASE(a_local_root_that_hangs_holds_up_no_file_of_another, dead_world) {
    const auto opened = d.wait(d.disk->open({there()}, {hung(), scratch.path().string()}));
    BOOST_TEST(codes(opened) == strings{"there"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

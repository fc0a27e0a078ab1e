// What lies at the destination and is the local file itself is told as that object, wherever it would be
// taken for a copy.
#include "engine/rules/not_a_copy.hpp"

#include <sys/stat.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/support/net/printing.hpp"
#include "tests/support/net/transport_fixture.hpp"

namespace fs = std::filesystem;
namespace data = boost::unit_test::data;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(not_a_copy_there)

namespace {

file_identity object_of(const fs::path& path) {
    struct ::stat seen{};
    BOOST_REQUIRE(::stat(path.c_str(), &seen) == 0);
    return {seen.st_dev, seen.st_ino, static_cast<std::uint64_t>(seen.st_size), 0,
            seen.st_ctim.tv_sec * 1'000'000'000 + seen.st_ctim.tv_nsec};
}

struct delivering_destination : prepared_destination {
    using prepared_destination::prepared_destination;
    std::vector<publish_item> items_of(const std::vector<stage_item>& files) const {
        std::vector<publish_item> items;
        for (const auto& f : files)
            items.push_back({static_cast<file_id>(items.size() + 1),
                             f.remote_path,
                             md5_of_file(f.local_path),
                             {},
                             1,
                             object_of(f.local_path)});
        return items;
    }
    publish_report deliver(const std::vector<publish_item>& items) {
        return wait(get().deliver(0, items, 100));
    }
};

}  // namespace

// It is asked for by itself, by the other commands.
BOOST_DATA_TEST_CASE(what_may_be_a_local_file_itself_is_not_published_unseen, data::make(each_kind), where) {
    delivering_destination d(where);
    const auto item = d.make("17000/a", "a"), other = d.make("17000/b", "b");
    BOOST_REQUIRE(d.stage({other}).end.finished());
    auto items = d.items_of({item, other});
    // By a mount its name there would be the only one.
    fs::rename(item.local_path, d.slot() / "17000/a");
    items[0].local = object_of(d.slot() / "17000/a");
    auto report = d.deliver(items);
    for (const auto outcome : report.outcomes) BOOST_TEST(outcome == publish_outcome::unverified);
    BOOST_TEST(files_below(d.base()).empty());
    const auto there = d.wait(d.get().digests({0, {"17000/a", "17000/b"}}));
    BOOST_TEST(is_the_local_file(items[0].local, there.objects.at(0)));
    BOOST_TEST(!is_the_local_file(items[1].local, there.objects.at(1)));
    items.erase(items.begin());
    fs::remove(d.slot() / "17000/a");
    BOOST_TEST(d.deliver(items).outcomes.at(0) == publish_outcome::published);
}

BOOST_DATA_TEST_CASE(what_is_there_already_is_told_as_an_object, data::make(each_kind), where) {
    delivering_destination d(where);
    const auto original = d.make("17000/a", "a"), copy = d.make("17000/b", "b");
    write_file(d.base() / "17000/b", "b");
    fs::create_hard_link(original.local_path, d.base() / "17000/a");
    BOOST_REQUIRE(d.stage({original, copy}).end.finished());
    for (const bool staged : {true, false}) {
        // After a crash nothing is staged any more.
        BOOST_TEST(fs::exists(d.slot() / "17000/a") == staged);
        const auto report = d.wait(d.get().publish(0, d.items_of({original, copy})));
        for (const auto outcome : report.outcomes) BOOST_TEST(outcome == publish_outcome::already_there);
        BOOST_TEST(is_the_local_file(object_of(original.local_path), report.objects.at(0)));
        BOOST_TEST(!is_the_local_file(object_of(copy.local_path), report.objects.at(1)));
    }
}

BOOST_AUTO_TEST_SUITE_END()

// What the worker puts into one batch and what waits for the next: by the time that batches took, and by what
// is in flight.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_batches)

namespace {

constexpr std::uint64_t MiB = 1 << 20;

struct sized_world : worker_world {
    static archive_configuration with_places(std::size_t count) {
        auto c = smurf_configuration();
        c.concurrency = count;
        return c;
    }
    explicit sized_world(std::size_t places = 3) : worker_world(with_places(places)) {}

    /// A file that is so large as far as anybody asks.
    file_id add_sized(const std::string& name, std::uint64_t size) {
        const auto id = add(name);
        disk.files.at("/data/" + name).identity.size = size;
        return id;
    }
    void release() {
        there.release();
        settle(loop);
    }
};

struct wide_world : sized_world {
    wide_world() : sized_world(8) {}
};

using sizes = std::vector<std::size_t>;

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_registered_while_batches_fly_forms_the_next, wide_world) {
    there.hold();
    begin();
    for (const auto* name : {"a", "b", "c", "d", "e", "f", "g"}) {
        add(name);
        wake();
    }
    BOOST_TEST(batch_sizes() == (sizes{1, 1, 1, 1}), boost::test_tools::per_element());
    release();
    BOOST_TEST(batch_sizes() == (sizes{1, 1, 1, 1, 3}), boost::test_tools::per_element());
    BOOST_TEST(there.published.size() == 7U);
}

BOOST_FIXTURE_TEST_CASE(large_files_go_beside_small_batches, wide_world) {
    there.hold();
    begin();
    for (const auto* name : {"a", "b", "c"}) {
        add(name);
        wake();
    }
    for (const auto* name : {"d", "e", "f", "g", "h"}) add_sized(name, 100 * MiB);
    wake();
    BOOST_TEST(there.waiting() == 8U);
    release();
}

BOOST_FIXTURE_TEST_CASE(nothing_is_looked_for_while_nothing_could_begin, wide_world) {
    there.hold();
    begin();
    for (const auto* name : {"a", "b", "c", "d"}) {
        add(name);
        wake();
    }
    const auto asked = catalog.calls.size();
    add("e");
    wake();
    BOOST_TEST(catalog.calls.size() == asked);
    release();
    BOOST_TEST(there.published.size() == 5U);
}

BOOST_FIXTURE_TEST_CASE(small_batches_that_hang_keep_nobody_waiting, wide_world) {
    there.hold();
    begin();
    for (const auto* name : {"a", "b", "c", "d", "e"}) {
        add(name);
        wake();
    }
    BOOST_TEST(there.waiting() == 4U);
    time.advance(11);  // nobody wakes it
    BOOST_TEST(there.waiting() == 5U);
    release();
}

BOOST_FIXTURE_TEST_CASE(what_a_batch_holds_follows_from_the_time_that_others_took, sized_world) {
    there.on_stage = [](const stage_request& request, stage_report& report) {
        for (const auto& item : request.items) report.bytes += item.size;
    };
    for (int i = 0; i < 4; ++i) add_sized("first" + std::to_string(i), 1 * MiB);
    there.hold();
    begin();
    time.advance(40);  // 100 kB/s
    release();
    BOOST_TEST(batch_sizes() == (sizes{4}), boost::test_tools::per_element());
    for (int i = 0; i < 40; ++i) add_sized("later" + std::to_string(i), MiB / 20);
    there.hold();
    wake();
    std::uint64_t bytes = 0;
    for (const auto& item : there.stage_requests.back().items) bytes += item.size;
    BOOST_TEST(bytes < 12 * MiB / 10);
    BOOST_TEST(bytes > MiB / 5);
    release();
}

BOOST_FIXTURE_TEST_CASE(within_a_batch_small_files_are_named_first, sized_world) {
    add_sized("a", 3 * MiB), add_sized("b", 1 * MiB), add_sized("c", 2 * MiB);
    begin();
    std::vector<std::string> order;
    for (const auto& item : there.stage_requests.at(0).items) order.push_back(item.remote_path);
    BOOST_TEST(order == (std::vector<std::string>{"17000/b", "17000/c", "17000/a"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(large_files_take_all_places_where_no_small_ones_come, sized_world) {
    for (const auto* name : {"a", "b", "c", "d"}) add_sized(name, 100 * MiB);
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 3U);
    release();
}

BOOST_FIXTURE_TEST_CASE(a_place_is_kept_for_small_files_while_they_come, sized_world) {
    add("small");
    begin();
    for (const auto* name : {"a", "b", "c", "d"}) add_sized(name, 100 * MiB);
    there.hold();
    wake();
    BOOST_TEST(there.waiting() == 2U);
    add("another");
    wake();
    BOOST_TEST(there.waiting() == 3U);
    release();
    BOOST_TEST(there.published.size() == 6U);
    time.advance(60);
    for (const auto* name : {"e", "f", "g", "h"}) add_sized(name, 100 * MiB);
    there.hold();
    wake();
    BOOST_TEST(there.waiting() == 3U);
    release();
}

BOOST_AUTO_TEST_SUITE_END()

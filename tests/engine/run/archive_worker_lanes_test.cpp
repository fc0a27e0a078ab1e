// How many batches the worker keeps in flight where nobody gave a number.
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/worker_world.hpp"

using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(archive_worker_lanes)

namespace {

constexpr std::uint64_t large = 100 << 20;

struct adapting_world : worker_world {
    static archive_configuration by_itself(bool there) {
        auto c = smurf_configuration();
        c.concurrency.reset();
        if (!there) c.ssh_host.reset();
        return c;
    }
    explicit adapting_world(bool far = true) : worker_world(by_itself(far)) {}

    void add_large(int count) {
        for (int i = 0; i < count; ++i) {
            const auto name = "large" + std::to_string(added++);
            add(name);
            disk.files.at("/data/" + name).identity.size = large;
        }
    }
    /// So many bytes a second and batch, for so long.
    void send(double seconds, double rate) {
        for (double passed = 0; passed < seconds; passed += 0.5) {
            sent += rate * 0.5 * static_cast<double>(worker.batches_in_flight());
            archive.instruments.sent_bytes = static_cast<std::uint64_t>(sent);
            time.advance(0.5);
        }
    }

    int added = 0;
    double sent = 0;
};

struct local_world : adapting_world {
    local_world() : adapting_world(false) {}
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_begins_with_eight_over_ssh, adapting_world) {
    add_large(20);
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 8U);
    there.release();
}

BOOST_FIXTURE_TEST_CASE(and_with_four_to_this_machine, local_world) {
    add_large(20);
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 4U);
    there.release();
}

BOOST_FIXTURE_TEST_CASE(batches_grow_while_each_carries_as_much, adapting_world) {
    add_large(40);
    there.hold();
    begin();
    send(40, 10e6);
    BOOST_TEST(there.waiting() == 16U);
    there.release();
    settle(loop);
    BOOST_TEST(there.published.size() == 40U);
}

BOOST_FIXTURE_TEST_CASE(nothing_is_looked_for_again_and_again_while_all_are_busy, adapting_world) {
    add_large(40);
    there.hold();
    begin();
    const auto asked = catalog.calls.size();
    send(4, 0);
    BOOST_TEST(catalog.calls.size() == asked);
    there.release();
}

BOOST_FIXTURE_TEST_CASE(a_small_file_goes_beside_as_many_large_ones_as_there_are_places, adapting_world) {
    add_large(20);
    there.hold();
    begin();
    add("small");
    wake();
    BOOST_TEST(there.waiting() == 9U);
    BOOST_TEST(there.stage_requests.back().items.at(0).remote_path == "17000/small");
    add("another");
    wake();
    BOOST_TEST(there.waiting() == 9U);
    there.release();
    settle(loop);
    BOOST_TEST(there.published.size() == 22U);
}

BOOST_FIXTURE_TEST_CASE(no_more_begin_than_memory_is_there_for, adapting_world) {
    environment.available_memory = [this] { return (150 - 64 * there.waiting()) << 20; };
    add_large(20);
    there.hold();
    begin();
    BOOST_TEST(there.waiting() == 2U);
    send(60, 10e6);
    BOOST_TEST(there.waiting() == 2U);
    there.release();
}

BOOST_AUTO_TEST_SUITE_END()

// The fakes do what the tests of the engine rely on.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/engine/run/fake_local_disk.hpp"
#include "tests/engine/run/fake_transport.hpp"
#include "tests/support/manual_clock.hpp"

namespace asio = boost::asio;
using namespace suprsync;
using namespace suprsync::test;

BOOST_AUTO_TEST_SUITE(fakes)

namespace {

struct fakes_world {
    asio::io_context loop;
    manual_clock time{loop};
    fake_local_disk disk{time};
    fake_transport there{loop, disk};
    std::string story;

    asio::awaitable<void> tell(double after, std::string what, double again = 0) {
        co_await time.sleep_for(std::chrono::nanoseconds(static_cast<std::int64_t>(after * 1e9)));
        story += what;
        if (again > 0) co_await tell(again, what);
    }
    void start(double after, const std::string& what, double again = 0) {
        asio::co_spawn(loop, tell(after, what, again), [](std::exception_ptr) {});
    }
};

stage_request staging(int slot, const std::string& local, const std::string& remote) {
    stage_request r;
    r.slot = slot;
    r.items = {{local, remote, 0}};
    return r;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(time_wakes_sleepers_in_their_order, fakes_world) {
    start(3, "c");
    start(1, "a", 1);
    start(2, "b");
    start(2, "B");
    time.advance(0.5);
    BOOST_TEST(story.empty());
    BOOST_TEST((time.next() == 0.5));
    time.advance(1.5);
    BOOST_TEST(story == "abBa");
    time.advance(1);
    BOOST_TEST(story == "abBac");
    BOOST_TEST(time.sleepers() == 0U);
    BOOST_TEST(time.now() == 1'700'050'003);
    BOOST_TEST((time.steady_now().time_since_epoch() == std::chrono::hours(1000) + std::chrono::seconds(3)));
}

BOOST_FIXTURE_TEST_CASE(each_sleeper_sees_its_own_time, fakes_world) {
    double seen = 0;
    asio::co_spawn(
        loop,
        [](fakes_world& w, double& at) -> asio::awaitable<void> {
            co_await w.time.sleep_for(std::chrono::seconds(5));
            at = w.time.now();
        }(*this, seen),
        [](std::exception_ptr) {});
    time.advance(100);
    BOOST_TEST(seen == 1'700'050'005);
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_sleeper_leaves, fakes_world) {
    asio::cancellation_signal cancel;
    asio::co_spawn(loop, time.sleep_for(std::chrono::hours(1)),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { story = "out"; }));
    settle(loop);
    BOOST_TEST(time.sleepers() == 1U);
    cancel.emit(asio::cancellation_type::terminal);
    settle(loop);
    BOOST_TEST(time.sleepers() == 0U);
    BOOST_TEST(story == "out");
}

BOOST_FIXTURE_TEST_CASE(the_wall_clock_may_be_set, fakes_world) {
    const auto steady = time.steady_now();
    time.advance(2);
    time.set_wall(1.6e9);
    BOOST_TEST(time.now() == 1.6e9);
    BOOST_TEST((time.steady_now() - steady == std::chrono::seconds(2)));
}

BOOST_FIXTURE_TEST_CASE(a_coroutine_that_waits_for_ever_is_an_error, fakes_world) {
    BOOST_CHECK_THROW(result_of(loop, time.sleep_for(std::chrono::seconds(1))), std::runtime_error);
}

BOOST_FIXTURE_TEST_CASE(a_file_goes_all_the_way, fakes_world) {
    disk.write("/data/a", "content", time.now() - 100);
    const auto staged = result_of(loop, there.stage(staging(0, "/data/a", "17000/a")));
    BOOST_TEST(staged.bytes == 7U);
    BOOST_TEST(there.published.empty());
    digest_request ask;
    ask.slot = 0;
    ask.remote_paths = {"17000/a", "17000/b"};
    const auto sums = result_of(loop, there.digests(ask));
    BOOST_TEST((sums.md5[0] == fake_md5("content")));
    BOOST_TEST(!sums.md5[1]);
    const auto report = result_of(loop, there.publish(0, {{1, "17000/a", *sums.md5[0], {}}}));
    BOOST_TEST((report.outcomes[0] == publish_outcome::published));
    BOOST_TEST(there.published.at("17000/a") == "content");
    BOOST_TEST(there.staged[0].empty());
}

BOOST_FIXTURE_TEST_CASE(failures_are_met_as_scripted, fakes_world) {
    there.down = failure{failure_code::connection, "reach", "host", "no route"};
    BOOST_TEST(
        (result_of(loop, there.stage(staging(0, "/a", "a"))).end.error->code == failure_code::connection));
    BOOST_TEST(!result_of(loop, there.prepare({})).has_value());
    disk.write("/a", "x");
    disk.failing["/a"] = {failure_code::not_permitted, "read", "/a", "permission denied"};
    BOOST_TEST((result_of(loop, disk.stat({"/a"}))[0].error().code == failure_code::not_permitted));
}

BOOST_FIXTURE_TEST_CASE(a_file_may_change_under_the_hands_of_who_reads_it, fakes_world) {
    disk.write("/a", "one", 100);
    disk.before = [&](const std::string& verb, const std::string&) {
        if (verb == "digest") disk.write("/a", "two", 200);
    };
    const auto digests = result_of(loop, disk.digest({"/a"}, {}, {}));
    BOOST_TEST((digests[0]->before != digests[0]->after));
    const auto remove = [&](const file_identity& expected) {
        std::vector<removal> which{{"/a", 1, expected}};
        return result_of(loop, disk.remove(std::move(which), {}, std::chrono::minutes(1))).front();
    };
    BOOST_TEST((remove(digests[0]->before).error().code == failure_code::changed));
    BOOST_TEST(disk.files.contains("/a"));
    BOOST_TEST(remove(digests[0]->after).has_value());
}

BOOST_FIXTURE_TEST_CASE(transfers_can_be_held, fakes_world) {
    there.hold();
    int ended = 0;
    for (int slot = 0; slot < 3; ++slot)
        asio::co_spawn(loop, there.stage(staging(slot, "/a", "a")),
                       [&](std::exception_ptr, const stage_report&) { ++ended; });
    settle(loop);
    BOOST_TEST(there.waiting() == 3U);
    there.release();
    settle(loop);
    BOOST_TEST(ended == 3);
    BOOST_TEST(there.most_waiting() == 3U);
    BOOST_TEST(there.count("stage") == 3U);
}

BOOST_AUTO_TEST_SUITE_END()

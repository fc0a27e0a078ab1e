// Work that does not come back holds up nobody: neither who waits for it nor the end.
#include "net/place/work_threads.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <future>

#include "engine/loop/run_to_end.hpp"

using namespace suprsync;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(work_on_threads)

namespace {

/// What hangs until it is let go, as in a file system that does not answer.
struct hanging {
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::function<void(work_watch&)> work() {
        return [open = open](work_watch&) { open.wait(); };
    }
    ~hanging() { gate.set_value(); }
};

struct threads_fixture {
    worked run(std::function<void(work_watch&)> work, work_limits limits = {}) {
        return run_to_end(loop, threads.run(std::move(work), limits));
    }
    boost::asio::io_context loop;
    work_threads threads{loop.get_executor()};
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_done_is_told_when_it_is_done, threads_fixture) {
    bool done = false;
    const auto found = run([&](work_watch&) { done = true; });
    BOOST_TEST((found.end == work_end::done && found.returned));
    BOOST_TEST(done);
}

BOOST_FIXTURE_TEST_CASE(work_that_hangs_is_left_behind_and_other_work_goes_on, threads_fixture) {
    hanging h;
    const auto found = run(h.work(), {std::nullopt, 20ms});
    BOOST_TEST((found.end == work_end::stalled && !found.returned));
    BOOST_TEST((run([](work_watch&) {}).end == work_end::done));
}

BOOST_FIXTURE_TEST_CASE(work_that_gets_on_is_told_to_end_at_its_limit_and_what_it_found_counts,
                        threads_fixture) {
    std::atomic<int> rounds = 0;
    const auto found = run(
        [&](work_watch& watch) {
            for (; !watch.stop; ++rounds) watch.alive();
        },
        {20ms, 1h});
    BOOST_TEST((found.end == work_end::timed_out && found.returned));
    BOOST_TEST(rounds > 0);
}

BOOST_FIXTURE_TEST_CASE(which_local_file_was_read_last_is_told, threads_fixture) {
    hanging h;
    const auto found = run(
        [open = h.open](work_watch& watch) {
            watch.reads = 7;
            open.wait();
        },
        {std::nullopt, 20ms});
    BOOST_TEST(found.read_last == 7U);
}

BOOST_FIXTURE_TEST_CASE(where_too_many_have_not_come_back_nothing_else_is_begun, threads_fixture) {
    hanging h;
    for (int i = 0; i < 32; ++i) run(h.work(), {std::nullopt, 1ms});
    bool begun = false;
    BOOST_TEST((run([&](work_watch&) { begun = true; }).end == work_end::stalled));
    BOOST_TEST(!begun);
}

BOOST_FIXTURE_TEST_CASE(once_stopped_nothing_is_begun_and_what_runs_ends, threads_fixture) {
    const auto found = run([&](work_watch& watch) {
        boost::asio::post(loop, [this] { threads.stop(); });
        while (!watch.stop) watch.alive();
    });
    BOOST_TEST((found.end == work_end::stopped && found.returned));
    BOOST_TEST((run([](work_watch&) {}).end == work_end::stopped));
}

BOOST_AUTO_TEST_CASE(what_hangs_may_outlive_the_loop) {
    hanging h;
    threads_fixture gone;
    BOOST_TEST((gone.run(h.work(), {std::nullopt, 1ms}).end == work_end::stalled));
}

BOOST_AUTO_TEST_SUITE_END()

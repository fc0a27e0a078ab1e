// From notify() until the coroutine that waits goes on.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "engine/loop/system_clock.hpp"
#include "engine/loop/wake.hpp"

namespace asio = boost::asio;

namespace suprsync {
namespace {

void wake_hop(benchmark::State& state) {
    asio::io_context loop(1);
    system_clock clock(loop.get_executor());
    wake bell(loop.get_executor());
    for (auto _ : state) {
        bool woken = false;
        const auto waiter = [&]() -> asio::awaitable<void> { woken = co_await bell.wait_for(clock, 60); };
        asio::co_spawn(loop, waiter(), asio::detached);
        loop.restart();
        while (loop.poll_one() > 0) {
        }
        bell.notify();
        while (!woken) loop.poll_one();
        loop.run();
    }
}
BENCHMARK(wake_hop)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace suprsync

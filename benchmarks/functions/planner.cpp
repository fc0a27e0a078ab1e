// Planning: shaping batches of candidates, and reading the candidates of a catalog in which very many files
// wait.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>

#include "engine/rules/planner.hpp"
#include "storage/catalog/sqlite_catalog.hpp"

namespace asio = boost::asio;

namespace suprsync {
namespace {

// What one look takes of the list: four batches of 1,000.
constexpr std::size_t wanted = 4000;

std::vector<candidate> candidates(std::size_t count, std::uint64_t size) {
    std::vector<candidate> all(count);
    for (std::size_t i = 0; i < count; ++i) {
        all[i].item.row.id = static_cast<file_id>(i + 1);
        all[i].item.row.local_path = fmt::format("/data/timestreams/17354/ufm_uv8/{:010d}.g3", i);
        all[i].item.row.remote_path = fmt::format("17354/ufm_uv8/{:010d}.g3", i);
        all[i].local.size = size;
    }
    return all;
}

void plan(benchmark::State& state) {
    plan_limits limits;
    limits.free_slots = {0, 1, 2, 3};
    limits.most_batches = 4;
    limits.most_large = 3;
    for (auto _ : state) {
        state.PauseTiming();
        auto all = candidates(wanted, static_cast<std::uint64_t>(state.range(0)));
        state.ResumeTiming();
        benchmark::DoNotOptimize(plan_batches(std::move(all), limits));
    }
}
BENCHMARK(plan)->ArgName("bytes_a_file")->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

/// A catalog with so many pending files, in memory of the machine, and its loop.
class full_catalog {
  public:
    explicit full_catalog(std::int64_t pending) {
        const auto* directory = std::getenv("SUPRSYNC_BENCH_DIRECTORY");
        const auto path =
            std::filesystem::path(directory ? directory : "/dev/shm") / fmt::format("pending-{}.db", pending);
        std::filesystem::remove(path);
        catalog_options options;
        options.path = path;
        auto opened = open_catalog(loop_.get_executor(), options);
        if (!opened) std::abort();
        catalog_ = std::move(*opened);
        wait([](catalog& c) -> asio::awaitable<bool> {
            while (true) {
                const auto step = co_await c.prepare_step();
                if (!step) co_return false;
                if (step->done) break;
            }
            co_return (co_await c.serve("timestreams", 5, "host:/base")).has_value();
        });
        constexpr auto at_once = static_cast<std::int64_t>(most_registered_at_once);
        for (std::int64_t at = 0; at < pending; at += at_once) {
            std::vector<registration> files;
            for (std::int64_t i = at; i < std::min(pending, at + at_once); ++i)
                files.push_back({fmt::format("/data/timestreams/17354/ufm_uv8/{:010d}.g3", i),
                                 fmt::format("17354/ufm_uv8/{:010d}.g3", i), "timestreams", "",
                                 1735400000.0 + static_cast<double>(i), true});
            wait([&](catalog& c) -> asio::awaitable<bool> {
                co_return (co_await c.add(std::move(files))).has_value();
            });
        }
    }

    /// Runs a coroutine that returns whether all went well.
    template <class Work>
    void wait(Work work) {
        bool good = false;
        asio::co_spawn(loop_, work(static_cast<catalog&>(*catalog_)),
                       [&](const std::exception_ptr& bug, bool fine) { good = !bug && fine; });
        loop_.restart();
        loop_.run();
        if (!good) std::abort();
    }

  private:
    asio::io_context loop_{1};
    std::unique_ptr<sqlite_catalog> catalog_;
};

void load_work(benchmark::State& state) {
    full_catalog full(state.range(0));
    for (auto _ : state)
        full.wait([](catalog& c) -> asio::awaitable<bool> {
            work_query query;
            query.archive = "timestreams";
            query.now = 1.8e9;
            query.limit = wanted;
            const auto work = co_await c.load_work(std::move(query));
            co_return work && work->items.size() == wanted;
        });
}
BENCHMARK(load_work)->ArgName("pending")->Arg(10'000)->Arg(100'000)->Arg(1'000'000)->UseRealTime()->Unit(
    benchmark::kMillisecond);

void catalog_take_changes(benchmark::State& state) {
    full_catalog full(10'000);
    for (auto _ : state)
        full.wait(
            [](catalog& c) -> asio::awaitable<bool> { co_return (co_await c.take_changes()).has_value(); });
}
BENCHMARK(catalog_take_changes)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace suprsync

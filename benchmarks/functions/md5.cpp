// MD5 of a local file by the pool that the daemon uses, on 1 and 2 threads: a file for each thread.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <memory>
#include <string>
#include <vector>

#include "storage/disk/digest_pool.hpp"

namespace suprsync {
namespace {

void md5(benchmark::State& state) {
    const auto* directory = std::getenv("SUPRSYNC_BENCH_DIRECTORY");
    const auto path = std::filesystem::path(directory ? directory : "/dev/shm") / "large";
    if (!std::filesystem::exists(path))
        return state.SkipWithError("no file 'large' in $SUPRSYNC_BENCH_DIRECTORY");
    const auto threads = static_cast<int>(state.range(0));
    digest_pool pool(threads, std::chrono::minutes(1));
    const auto anywhere = std::make_shared<const root_directories>(std::vector<std::string>{});
    for (auto _ : state) {
        std::latch done(threads);
        for (int i = 0; i < threads; ++i) {
            std::vector<digest_task> tasks;
            tasks.emplace_back(path.string(), anywhere);
            pool.submit(std::move(tasks), [&](const digest_pool::results& sums) {
                if (!sums.at(0)) std::abort();
                done.count_down();
            });
        }
        done.wait();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(std::filesystem::file_size(path)) * threads *
                            state.iterations());
}
BENCHMARK(md5)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace suprsync

// The history of archives: a minute's row for each of four archives, and a question, where two years are
// kept.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>

#include "engine/loop/run_to_end.hpp"
#include "engine/rules/history_steps.hpp"
#include "storage/catalog/sqlite_catalog.hpp"

namespace suprsync {
namespace {

constexpr epoch_seconds now_of_history = 1'700'000'000;
constexpr int archives_with_history = 4;

// Two hundred files a minute, of all kinds of latencies.
history_point busy_minute(epoch_seconds at) {
    history_point p;
    p.at = step_of(at, history_minute);
    p.seconds = 60;
    p.sent_bytes = p.verified_bytes = 5'123'456'789;
    p.verified_files = 200;
    p.waiting_files = 1234;
    p.failed_files = 3;
    for (int n = 0; n < 200; ++n) p.verified_after.observe(0.5 + n * n * 0.01);
    p.free_here = 12'345'678'901'234;
    p.free_there = 123'456'789'012'345;
    return p;
}

/// A catalog with minutes of 14 days and hours of two years.
class catalog_with_history {
  public:
    catalog_with_history() {
        const auto* directory = std::getenv("SUPRSYNC_BENCH_DIRECTORY");
        path_ = std::filesystem::path(directory ? directory : "/dev/shm") / "history.db";
        remove();
        catalog_options options;
        options.path = path_;
        auto opened = open_catalog(loop_.get_executor(), options);
        if (!opened) std::abort();
        catalog_ = std::move(*opened);
        while (!run_to_end(loop_, catalog_->prepare_step()).value().done) continue;
        empty_ = size();
        std::vector<archive_minute> rows;
        const auto add = [&](epoch_seconds at) {
            for (int n = 0; n < archives_with_history; ++n)
                rows.push_back({fmt::format("archive{}", n), busy_minute(at)});
            if (rows.size() > 5000) record(std::exchange(rows, {}));
        };
        for (auto at = hours_from(now_of_history); at < minutes_from(now_of_history); at += history_hour)
            add(at);
        for (auto at = minutes_from(now_of_history); at < now_of_history; at += history_minute) add(at);
        record(std::move(rows));
        // Minutes of the hours before are gone in a catalog that has come to be so.
        for (int n = 0; n < 2000; ++n) record({});
    }
    ~catalog_with_history() {
        catalog_.reset();
        remove();
    }

    void record(std::vector<archive_minute> rows) {
        run_to_end(loop_, catalog_->record_history(std::move(rows), now_of_history)).value();
    }
    std::size_t ask(double days, double step) {
        const history_range range{step_of(now_of_history - days * 86400, step), now_of_history, step};
        return run_to_end(loop_, catalog_->history({"archive1", range, now_of_history})).value().size();
    }
    /// Bytes of pages that the history takes, free ones left out.
    double megabytes() {
        auto used = size();
        return static_cast<double>(used - empty_) / 1e6;
    }

  private:
    std::uintmax_t size() {
        SQLite::Database database(path_.string());
        return static_cast<std::uintmax_t>(database.execAndGet("PRAGMA page_count").getInt64() -
                                           database.execAndGet("PRAGMA freelist_count").getInt64()) *
               4096;
    }
    void remove() {
        for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_.string() + suffix);
    }

    boost::asio::io_context loop_{1};
    std::filesystem::path path_;
    std::unique_ptr<sqlite_catalog> catalog_;
    std::uintmax_t empty_ = 0;
};

catalog_with_history& two_years() {
    static catalog_with_history catalog;
    return catalog;
}

void record_a_minute(benchmark::State& state) {
    auto& catalog = two_years();
    auto at = now_of_history;
    for (auto _ : state) {
        std::vector<archive_minute> minutes;
        for (int n = 0; n < archives_with_history; ++n)
            minutes.push_back({fmt::format("archive{}", n), busy_minute(at)});
        catalog.record(std::move(minutes));
        at += history_minute;
    }
    state.counters["megabytes"] = catalog.megabytes();
}
BENCHMARK(record_a_minute)->Unit(benchmark::kMicrosecond)->Iterations(500);

void ask_for_history(benchmark::State& state) {
    auto& catalog = two_years();
    for (auto _ : state)
        state.counters["points"] = static_cast<double>(
            catalog.ask(static_cast<double>(state.range(0)), static_cast<double>(state.range(1))));
}
BENCHMARK(ask_for_history)
    ->ArgNames({"days", "step"})
    ->Args({1, 60})
    ->Args({14, 900})
    ->Args({90, 4 * 3600})
    ->Args({730, 86400 / 2})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace suprsync

#include "engine/run/daemon.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "engine/model/text.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double catalog_poll = 0.1;          // s; PRAGMA data_version costs microseconds
constexpr double catalog_poll_hearing = 0.8;  // s, where we are told of writes: nothing is to depend on that
constexpr double commit_takes = 1;            // s at most, mostly, from the first write until it can be seen
constexpr double housekeeping_every = 1;      // s
constexpr double space_every = 60;            // s
constexpr double locked_is_condition = 5;     // s
constexpr double locked_at_the_end = 2;       // s
constexpr double back_dated_shown = 600;      // s, at least
constexpr double nearly_full = 0.03;          // of a file system

}  // namespace

daemon::served::served(environment& environment, archive_configuration c, std::unique_ptr<transport> t)
    : way(std::move(t)),
      context(environment, std::move(c), *way),
      worker(context),
      removal(context),
      days(context) {}

bool daemon::served::done() const {
    if (leaving) return false;
    // The finalizer's look also brings the figures that tell whether everything is settled.
    if (worker.batches_in_flight() > 0 || !days.idle()) return false;
    if (worker.gave_up() || context.paused) return true;
    return worker.idle() && removal.idle();
}

bool daemon::served::settled() const {
    return context.counts.unsettled == 0 && !context.environment.conditions.is_raised(
                                                condition_kind::finalization_failed, context.config.name);
}

daemon::daemon(asio::any_io_executor executor, daemon_configuration configuration, suprsync::catalog& c,
               suprsync::local_disk& d, suprsync::clock& t, random_source random,
               transport_factory make_transport)
    : executor_(executor),
      configuration_(std::move(configuration)),
      catalog_(c),
      disk_(d),
      clock_(t),
      conditions_([this] { return clock_.now(); }),
      events_(executor, t),
      environment_{executor,   catalog_,          disk_,  clock_, conditions_, counters_,
                   last_copy_, std::move(random), events_},
      registrar_(c, d, t, roots_of(configuration_)),
      make_transport_(std::move(make_transport)),
      tasks_(executor),
      catalog_wake_(executor),
      house_wake_(executor),
      grace_wake_(executor),
      started_at_(t.now()) {
    conditions_.on_change = [this](const condition& held, bool begins) {
        events_.publish(condition_event{held, begins});
    };
    for (const auto& archive : configuration_.archives)
        archives_.emplace_back(environment_, archive, make_transport_(archive));
}

daemon::~daemon() = default;

asio::awaitable<bool> daemon::run() {
    task_group watchers(executor_);
    watchers.spawn(keep_house());
    watchers.spawn(end_transfers_after_grace());
    bool settled = false;
    if (co_await prepare() && co_await open_archives()) {
        ready_ = true;
        if (on_ready) on_ready();
        watchers.spawn(watch_catalog());
        for (auto s = archives_.begin(); s != archives_.end(); ++s) tasks_.spawn(serve(s));
        co_await tasks_.join();
        settled =
            std::all_of(archives_.begin(), archives_.end(), [](const served& s) { return s.settled(); });
    }
    ready_ = false;
    workers_done_ = true;
    stop();
    co_await watchers.join();
    co_return settled;
}

void daemon::stop() {
    if (!stopping_) not_ready_because_ = "shutting down";
    stopping_ = true;
    for (auto& s : archives_) {
        s.context.stopping = true;
        s.context.wake_all();
    }
    catalog_wake_.notify();
    house_wake_.notify();
    grace_wake_.notify();
}

void daemon::stop_at_once() {
    grace_is_over_ = true;
    stop();
}

// Second step of the shutdown.
asio::awaitable<void> daemon::end_transfers_after_grace() {
    while (!stopping_ && !workers_done_) co_await grace_wake_.wait_for(clock_, 3600);
    const auto end = clock_.steady_now() + std::chrono::duration<double>(configuration_.shutdown_grace);
    while (!workers_done_ && !grace_is_over_ && clock_.steady_now() < end) {
        const std::chrono::duration<double> left = end - clock_.steady_now();
        co_await grace_wake_.wait_for(clock_, left.count());
    }
    if (!workers_done_) spdlog::info("ending the transfers in flight; what they sent is kept for resumption");
    for (auto& s : archives_) s.way->stop();
    disk_.stop();
    // What ends now is recorded, unless another program keeps the database locked: what was published and not
    // recorded is asked of the destination at the next start.
    while (!workers_done_) {
        const auto locked = catalog_.locked_since();
        if (locked && clock_.now() - *locked >= locked_at_the_end) {
            spdlog::warn("{} is locked by another program: ending without recording what was done last",
                         configuration_.db_path);
            catalog_.stop();
            co_return;
        }
        co_await grace_wake_.wait_for(clock_, 0.25);
    }
}

// Indexes what was there before us, a short step at a time; the HTTP server answers meanwhile.
asio::awaitable<bool> daemon::prepare() {
    epoch_seconds logged_at = clock_.now();
    const auto begun = logged_at;
    while (!stopping_) {
        auto step = co_await catalog_.prepare_step();
        if (!step) {
            if (step.error().code == failure_code::stopped) co_return false;
            conditions_.raise(condition_kind::catalog_error, "", step.error().text());
            co_await house_wake_.wait_for(clock_, 1);
            continue;
        }
        conditions_.clear(condition_kind::catalog_error, "");
        if (step->done) {
            if (conditions_.is_raised(condition_kind::preparing, ""))
                spdlog::info("catalog prepared: {} rows in {:.1f} s", step->rows_total, clock_.now() - begun);
            conditions_.clear(condition_kind::preparing, "");
            co_return true;
        }
        not_ready_because_ =
            fmt::format("indexing the catalog: {} of {} rows", step->rows_done, step->rows_total);
        conditions_.raise(condition_kind::preparing, "",
                          not_ready_because_ + "; copying begins when it is done");
        if (clock_.now() - logged_at >= 5) {
            logged_at = clock_.now();
            spdlog::info("{}", not_ready_because_);
        }
    }
    co_return false;
}

asio::awaitable<bool> daemon::open_archives() {
    for (auto& s : archives_) {
        const bool opened = co_await open_archive(s);
        if (!opened) co_return false;
    }
    co_return true;
}

// Makes the catalog know the archive; false where it is not wanted any more.
asio::awaitable<bool> daemon::open_archive(served& s) {
    const auto& config = s.context.config;
    while (true) {
        if (s.context.stopping || stopping_) co_return false;
        auto served = co_await catalog_.serve(config.name, config.max_copy_attempts, config.destination());
        if (served) {
            auto memory = co_await catalog_.memory(config.name);
            if (!memory) served = memory.error();
            if (memory) {
                s.context.paused = memory->paused;
                if (memory->paused) s.context.raise_paused(memory->pause_reason);
                break;
            }
        }
        conditions_.raise(condition_kind::catalog_error, config.name, served.error().text());
        co_await clock_.sleep_for(std::chrono::seconds(1));
    }
    conditions_.clear(condition_kind::catalog_error, config.name);
    spdlog::info("[{}] serving {}", config.name, s.way->name());
    s.opened = true;
    co_return true;
}

// From its opening to the daemon's end, or to its removal by a reload.
asio::awaitable<void> daemon::serve(served_list::iterator place) {
    while (true) {
        bool opened = place->opened;
        if (!opened) opened = co_await open_archive(*place);
        if (opened) {
            task_group work(executor_);
            work.spawn(place->worker.run());
            work.spawn(place->removal.run());
            work.spawn(place->days.run());
            co_await work.join();
        }
        if (stopping_) co_return;
        const auto next = replace(place);
        if (!next) co_return;
        place = *next;
    }
}

asio::awaitable<void> daemon::watch_catalog() {
    while (!stopping_) {
        auto changes = co_await catalog_.take_changes();
        double wait = next_look_at_catalog();
        if (changes) {
            take_in(*changes);
            if (changes->more) wait = 0;
        } else if (changes.error().code != failure_code::stopped) {
            conditions_.raise(condition_kind::catalog_error, "", changes.error().text());
            wait = 1;
        }
        if (changes) conditions_.clear(condition_kind::catalog_error, "");
        if (configuration_.once && all_done() && changes && !changes->changed && !changes->more) {
            stop();
            co_return;
        }
        co_await catalog_wake_.wait_for(clock_, wait);
    }
}

void daemon::catalog_was_written() {
    catalog_written_at_ = clock_.steady_now();
    catalog_wake_.notify();
}

// We hear of a transaction when its first page is written; with --once, its end is waited for.
double daemon::next_look_at_catalog() const {
    if (configuration_.once || !hears_of_writes || !hears_of_writes()) return catalog_poll;
    const std::chrono::duration<double> quiet = clock_.steady_now() - catalog_written_at_;
    return quiet.count() < commit_takes ? catalog_poll : catalog_poll_hearing;
}

void daemon::take_in(const catalog_changes& changes) {
    for (auto& s : archives_) {
        // What this daemon inserted itself has been told of, file by file.
        const auto by_us = s.context.outcomes.take_registered();
        const auto found = changes.archives.find(s.context.config.name);
        const auto all = found == changes.archives.end() ? 0 : found->second.registered;
        if (all > by_us) events_.publish(registrations_event{s.context.config.name, all - by_us});
    }
    if (!changes.changed && changes.archives.empty()) return;
    for (auto& s : archives_) {
        s.context.wake_all();
        const auto found = changes.archives.find(s.context.config.name);
        if (found == changes.archives.end()) continue;
        const auto& c = found->second;
        if (!c.late.empty()) {
            s.context.late_files += static_cast<std::int64_t>(c.late.size());
            spdlog::warn(
                "[{}] {} arrived for finalized timecode directories (first id {}); a new revision follows when all is settled",
                s.context.config.name, counted(c.late.size(), "file"), c.late.front());
        }
        if (c.back_dated_count > 0 && !c.back_dated.empty()) {
            s.context.back_dated_at = clock_.now();
            s.context.raise(
                condition_kind::back_dated,
                fmt::format(
                    "{} registered with a date before the finalized_until that was published last, which readers may have passed by; first: {} (id {}, timestamp {:.0f})",
                    counted(c.back_dated_count, "file"), c.back_dated.front().local_path,
                    c.back_dated.front().id, c.back_dated.front().timestamp));
        }
    }
}

asio::awaitable<void> daemon::keep_house() {
    epoch_seconds space_at = 0;
    while (!workers_done_) {
        counters_.errors_sqlite = catalog_.sqlite_errors();
        const auto locked = catalog_.locked_since();
        const auto now = clock_.now();
        if (locked && now - *locked >= locked_is_condition)
            conditions_.raise(
                condition_kind::database_locked, "",
                fmt::format(
                    "{} has been locked by another program for {:.0f} s; waiting for it. Find it with: fuser -v {}",
                    configuration_.db_path, now - *locked, configuration_.db_path));
        else if (!locked)
            conditions_.clear(condition_kind::database_locked, "");
        // A registration is back-dated once and for all: the condition goes when its files have arrived.
        for (auto& s : archives_)
            if (s.context.counts.unsettled == 0 && now - s.context.back_dated_at >= back_dated_shown)
                s.context.clear(condition_kind::back_dated);
        if (now - space_at >= space_every) {
            space_at = now;
            co_await check_space();
        }
        co_await house_wake_.wait_for(clock_, housekeeping_every);
    }
}

asio::awaitable<void> daemon::check_space() {
    std::set<std::string> places(configuration_.local_roots.begin(), configuration_.local_roots.end());
    for (const auto& a : configuration_.archives) places.insert(a.local_roots.begin(), a.local_roots.end());
    places.insert(configuration_.db_path.substr(0, configuration_.db_path.find_last_of('/') + 1));
    std::string full;
    for (const auto& place : places) {
        auto space = co_await disk_.space(place);
        if (!space || space->total == 0) continue;
        const double free = static_cast<double>(space->free) / static_cast<double>(space->total);
        if (free < nearly_full)
            full += fmt::format("{}{}: {:.1f} GB free ({:.1f} %)", full.empty() ? "" : ", ", place,
                                static_cast<double>(space->free) / 1e9, free * 100);
    }
    if (full.empty())
        conditions_.clear(condition_kind::disk_nearly_full, "");
    else
        conditions_.raise(
            condition_kind::disk_nearly_full, "",
            full +
                "; make room, or see what keeps files from being deleted (delete_local_after, conditions)");
}

bool daemon::all_done() const {
    return std::all_of(archives_.begin(), archives_.end(), [](const served& s) { return s.done(); });
}

bool daemon::healthy() const {
    return std::none_of(archives_.begin(), archives_.end(), [](const served& s) { return s.worker.stuck(); });
}

}  // namespace suprsync

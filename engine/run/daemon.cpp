#include "engine/run/daemon.hpp"
#include "engine/report/log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double locked_at_the_end = 2;  // s

}  // namespace

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
      catalog_watch_(environment_, archives_, configuration_.once),
      housekeeper_(environment_, archives_, configuration_),
      notifier_(environment_, archives_, configuration_),
      history_keeper_(environment_, archives_),
      start_wake_(executor),
      grace_wake_(executor),
      started_at_(t.now()) {
    environment_.once = configuration_.once;
    conditions_.on_change = [this](const condition& raised, bool begins) {
        events_.publish(condition_event{raised, begins});
    };
    catalog_watch_.on_quiet = [this] {
        if (configuration_.once && all_done()) stop();
    };
    catalog_watch_.on_replaced = [this](failure why) { return take_up_catalog(std::move(why)); };
    environment_.on_others_concerned = [this] {
        for (auto& s : archives_) s.context.prove_wake.notify();
        wake_all(archives_);
    };
    environment_.clock_watch.on_released = [this] { wake_all(archives_); };
    for (const auto& archive : configuration_.archives)
        archives_.emplace_back(environment_, archive, make_transport_(archive));
}

daemon::~daemon() = default;

asio::awaitable<bool> daemon::run() {
    task_group watchers(executor_);
    watchers.spawn(housekeeper_.run());
    watchers.spawn(housekeeper_.ask());
    watchers.spawn(notifier_.run());
    watchers.spawn(end_transfers_after_grace());
    bool settled = false;
    if (co_await prepare() && co_await open_archives()) {
        for (const auto& s : archives_)
            s.context.paused ? environment_.clock_watch.asked_in_vain(s.context.config.name)
                             : environment_.clock_watch.expect(s.context.config.name);
        co_await environment_.clock_watch.check();
        housekeeper_.check_clock();  // --once may end within a second
        ready_ = true;
        if (on_ready) on_ready();
        watchers.spawn(catalog_watch_.run());
        watchers.spawn(history_keeper_.run());
        watchers.spawn(history_keeper_.count_deletable());
        task_group clock(executor_);
        clock.spawn(environment_.clock_watch.run());
        for (auto s = archives_.begin(); s != archives_.end(); ++s) tasks_.spawn(serve(s));
        co_await tasks_.join();
        // What it writes may wait for a lock, which end_transfers_after_grace() gives up on.
        environment_.clock_watch.stop();
        co_await clock.join();
        settled = std::all_of(archives_.begin(), archives_.end(),
                              [](const served_archive& s) { return s.settled(); });
    }
    ready_ = false;
    workers_done_ = true;
    stop();
    housekeeper_.stop();
    notifier_.stop();
    co_await watchers.join();
    co_return settled;
}

void daemon::stop() {
    if (!stopping_) not_ready_because_ = "shutting down";
    stopping_ = environment_.stopping = true;
    for (auto& s : archives_) s.stop();
    catalog_watch_.stop();
    history_keeper_.stop();
    start_wake_.notify();
    grace_wake_.notify();
}

void daemon::stop_at_once() {
    environment_.grace_is_over = true;
    stop();
}

// Second step of the shutdown.
asio::awaitable<void> daemon::end_transfers_after_grace() {
    while (!stopping_ && !workers_done_) co_await grace_wake_.wait_for(clock_, 3600);
    const auto end = clock_.steady_now() + std::chrono::duration<double>(configuration_.shutdown_grace);
    while (!workers_done_ && !environment_.grace_is_over && clock_.steady_now() < end) {
        const std::chrono::duration<double> left = end - clock_.steady_now();
        co_await grace_wake_.wait_for(clock_, left.count());
    }
    if (!workers_done_)
        spdlog::info("the transfers in flight are ended; what they sent is kept for resumption");
    environment_.grace_is_over = true;
    for (auto& s : archives_) s.way->stop();
    disk_.stop();
    // What ends now is recorded, unless another program keeps the database locked: what was published and not
    // recorded is asked of the destination at the next start.
    while (!workers_done_) {
        const auto locked = catalog_.locked_since();
        if (locked && std::abs(clock_.now() - *locked) >= locked_at_the_end) {
            log::tell<messages::end_not_recorded>({}, configuration_.db_path);
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
            if (step.error().code == failure_code::replaced) {
                co_await reopen_catalog(step.error());
                continue;
            }
            conditions_.raise(condition_kind::catalog_error, "", step.error().text());
            co_await start_wake_.wait_for(clock_, 1);
            continue;
        }
        conditions_.clear(condition_kind::catalog_error, "");
        if (step->done) {
            if (conditions_.is_raised(condition_kind::preparing, ""))
                spdlog::info("the catalog is prepared: {} rows in {:.1f} s", step->rows_total,
                             clock_.now() - begun);
            conditions_.clear(condition_kind::preparing, "");
            conditions_.clear(condition_kind::catalog_replaced, "");
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
asio::awaitable<bool> daemon::open_archive(served_archive& s) {
    const auto& config = s.context.config;
    while (true) {
        if (s.context.stopping || stopping_) co_return false;
        if (!catalog_is_open_) {
            co_await clock_.sleep_for(std::chrono::milliseconds(100));
            continue;
        }
        auto served = co_await catalog_.serve(config.name, config.max_copy_attempts, config.destination());
        if (s.context.catalog_answered("serve", served)) {
            const auto memory = co_await catalog_.memory(config.name);
            if (s.context.catalog_answered("memory", memory)) {
                s.worker.was_paused(*memory);
                break;
            }
        }
        co_await clock_.sleep_for(std::chrono::seconds(1));
    }
    log::info({.archive = config.name}, "is served: {}", s.way->name());
    s.opened = true;
    co_return true;
}

// From its opening to the daemon's end, or to its removal by a reload.
asio::awaitable<void> daemon::serve(served_archives::iterator place) {
    while (true) {
        bool opened = place->opened;
        if (!opened) opened = co_await open_archive(*place);
        if (opened) {
            task_group work(executor_);
            work.spawn(place->worker.run());
            work.spawn(place->removal.run());
            work.spawn(place->copies.run());
            work.spawn(place->days.run());
            work.spawn(place->sums.run());
            work.spawn(place->space.run());
            work.spawn(place->scrub.run());
            co_await work.join();
        }
        if (stopping_) co_return;
        const auto next = replace(place);
        if (!next) co_return;
        place = *next;
    }
}

bool daemon::all_done() const {
    return std::all_of(archives_.begin(), archives_.end(), [](const served_archive& s) { return s.done(); });
}

bool daemon::healthy() const {
    return std::none_of(archives_.begin(), archives_.end(),
                        [](const served_archive& s) { return s.worker.stuck(); });
}

}  // namespace suprsync

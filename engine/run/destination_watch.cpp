#include "engine/run/destination_watch.hpp"
#include "engine/report/log.hpp"
#include "engine/run/base_sample.hpp"
#include "engine/run/synced_stat.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr double clock_asked_every = 3600;          // s
constexpr double differing_clock_asked_every = 60;  // s

std::string clock_time(epoch_seconds t) {
    return fmt::format("{:%H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(t)));
}

// Nor is `place`: a local file that cannot be read waits for it.
bool is_of_the_destination(failure_code code) {
    return code != failure_code::stopped && code != failure_code::staging_unavailable &&
           code != failure_code::place && code != failure_code::catalog && code != failure_code::locked &&
           code != failure_code::replaced;
}

}  // namespace

bool destination_watch::probe_is_due() const {
    switch (archive_.connection.at(archive_.now())) {
        case connection_state::phase::probe:
            return true;
        case connection_state::phase::down:
            return false;
        default:
            return seconds_to_probe() <= 0;
    }
}

double destination_watch::seconds_to_probe() const {
    double wait = std::numeric_limits<double>::infinity();
    if (const auto slot = slots_.next_check()) wait = *slot - archive_.now();
    // A clock there is a witness only as long as it was asked lately.
    if (clock_asked_) {
        const std::chrono::duration<double> since = archive_.environment.clock.steady_now() - *clock_asked_;
        const bool differs = archive_.environment.clock_watch.difference_of(archive_.config.name).has_value();
        wait = std::min(wait, (differs ? differing_clock_asked_every : clock_asked_every) - since.count());
    }
    return wait;
}

asio::awaitable<void> destination_watch::probe() {
    const bool was_up = archive_.connection.at(archive_.now()) == connection_state::phase::up;
    archive_.connection.probe_started();
    auto memory = co_await archive_.environment.catalog.memory(archive_.config.name);
    if (!archive_.catalog_answered("memory", memory)) {
        archive_.connection.failed(archive_.now(), archive_.environment.random());
        co_return;
    }
    base_remembered_ = memory->base.has_value();
    base_expected_ = memory->has_verified || memory->base;
    prepare_request request;
    request.catalog_uuid = archive_.environment.catalog.uuid();
    request.may_create_base = !base_expected_;
    if (!accept_base_) request.expected = memory->base;
    request.slots_in_use = slots_.in_use();
    const auto asked = archive_.environment.clock.reading();
    auto facts = co_await archive_.transport.prepare(std::move(request));
    if (!facts) {
        archive_.environment.clock_watch.asked_in_vain(archive_.config.name);
        on_connection_error(facts.error(), false);
        co_return;
    }
    archive_.destination = std::move(*facts);
    clock_asked_.reset();
    if (archive_.destination.clock && archive_.destination.boot != asked.boot) {
        clock_asked_ = archive_.environment.clock.steady_now();
        archive_.environment.clock_watch.heard_from(archive_.config.name, asked, *archive_.destination.clock);
    }
    archive_.environment.clock_watch.answered(archive_.config.name);
    const auto recorded = co_await record_base_place();
    if (!archive_.catalog_answered("record_base_place", recorded) ||
        !co_await note_boot(archive_, archive_.destination.boot, 0)) {
        archive_.connection.failed(archive_.now(), archive_.environment.random());
        co_return;
    }
    if (accept_base_ && memory->base && *memory->base != archive_.destination.identity)
        if (const auto unasked = co_await sample_copies(archive_)) {
            if (is_of_the_destination(unasked->code))
                on_connection_error(*unasked, false);
            else
                archive_.connection.failed(archive_.now(), archive_.environment.random());
            co_return;
        }
    archive_.connection.answered();
    archive_.clear(condition_kind::base_directory);
    // What a transfer met while the destination answered is over when one comes through.
    if (!transfers_fail_) connection_works();
    if (archive_.destination.base_created)
        log::info({.archive = archive_.config.name}, "the base directory {} is made",
                  archive_.transport.name());
    report_staging();
    if (accept_base_) base_remembered_ = false;
    if (base_expected_) co_await remember_base();
    accept_base_ = false;
    const auto& locked = archive_.destination.locked_slots;
    for (const int slot : slots_.not_in_use()) {
        if (std::find(locked.begin(), locked.end(), slot) != locked.end())
            slot_locked(slot);
        else
            slot_free(slot);
    }
    co_await sweeper_.adopt_leftovers(std::exchange(archive_.destination.staged, {}));
    if (!was_up) {  // whoever deletes, or reads copies anew, waits for the destination, too
        archive_.wake_all();
        archive_.prove_wake.notify();
    }
}

void destination_watch::report_staging() {
    if (archive_.direct())
        archive_.raise(
            condition_kind::staging_unavailable,
            fmt::format("{}; files are copied straight to their place, where readers may see them incomplete",
                        archive_.destination.staging_refused));
    else
        archive_.clear(condition_kind::staging_unavailable);
}

// ---- the connection

void destination_watch::transfer_failed(const failure& error, bool progressed) {
    transfers_fail_ = transfers_fail_ || is_of_the_destination(error.code);
    on_connection_error(error, progressed);
    if (archive_.connection.failures_in_a_row() == 0) connection_works();  // a slice was over
}

void destination_watch::transfer_succeeded() {
    archive_.connection.succeeded();
    connection_works();
    space_is_left();
}

void destination_watch::nothing_waits() {
    archive_.directories.forget_all();
    connection_works();
    space_is_left();
}

void destination_watch::connection_works() {
    transfers_fail_ = false;
    archive_.clear(condition_kind::destination_unreachable);
    archive_.clear(condition_kind::missing_program);
    archive_.clear(condition_kind::runtime_directory);
}

void destination_watch::space_is_left() {
    one_at_a_time_ = false;
    no_space_in_a_row_ = 0;
    archive_.clear(condition_kind::destination_full);
}

void destination_watch::connection_failed(const char* kind, const failure& error) {
    archive_.connection.failed(archive_.now(), archive_.environment.random());
    archive_.link_error = error.text();
    const auto retry = archive_.connection.retry_at();
    archive_.raise(kind, fmt::format("{}; no file loses an attempt, the destination is tried again{}",
                                     error.text(), retry ? " at " + clock_time(*retry) : ""));
    archive_.copy_wake.notify();
}

// One place that turns what a verb met into the state of the destination.
void destination_watch::on_connection_error(const failure& error, bool progressed) {
    if (!is_of_the_destination(error.code)) return;
    switch (error.code) {
        case failure_code::timed_out:
            // A slice is over, the transfer goes on in the next one.
            if (progressed) return archive_.connection.succeeded();
            return connection_failed(condition_kind::destination_unreachable, error);
        case failure_code::base_changed:
            base_error_ = error;
            return archive_.copy_wake.notify();
        case failure_code::base_missing:
            if (!base_expected_) return connection_failed(condition_kind::base_directory, error);
            base_error_ = error;
            return archive_.copy_wake.notify();
        case failure_code::runtime_directory:
            return connection_failed(condition_kind::runtime_directory, error);
        case failure_code::missing_program:
            return connection_failed(condition_kind::missing_program, error);
        case failure_code::no_space:
            one_at_a_time_ = true;
            // Batches that met it together met it once.
            if (archive_.connection.at(archive_.now()) == connection_state::phase::up) ++no_space_in_a_row_;
            return connection_failed(condition_kind::destination_full, error);
        default:
            return connection_failed(condition_kind::destination_unreachable, error);
    }
}

// ---- slots that another process has locked

// A receiver that hangs there is ended by a later probe, and what it left is swept.
void destination_watch::slot_locked(int slot) {
    const int times = slots_.found_locked(slot, archive_.now());
    if (times >= staging_slots::patience)
        archive_.raise(
            condition_kind::slot_busy,
            fmt::format(
                "a process at the destination holds staging slot {} and cannot be ended: files go by another one. Look there for an rsync or md5sum working in {}",
                slot, archive_.destination.staging));
    if (times == 1)
        log::info(
            {.archive = archive_.config.name},
            "staging slot {} is still held by an earlier process at the destination, and left alone for now",
            slot);
}

void destination_watch::slot_free(int slot) {
    if (!slots_.found_free(slot)) return;
    log::info({.archive = archive_.config.name}, "staging slot {} is free again", slot);
    if (!slots_.any_locked()) archive_.clear(condition_kind::slot_busy);
}

}  // namespace suprsync

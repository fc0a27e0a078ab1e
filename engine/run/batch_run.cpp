#include "engine/run/batch_run.hpp"

#include <algorithm>
#include <span>

#include "engine/report/log.hpp"
#include "engine/run/batch_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

constexpr std::size_t files_in_last_copy = 1000;

// The newest ones come last.
template <class Files>
auto shown_in_last_copy(const Files& files) {
    return std::span(files).last(std::min(files.size(), files_in_last_copy));
}

}  // namespace

asio::awaitable<batch_result> batch_run::run() {
    report_start();
    co_await state_.open_files();
    co_await ask_destination(state_);
    if (!state_.result.error && !state_.open().empty()) {
        co_await stage_and_hash(state_);
        const bool staged = !state_.result.error;
        if (staged) co_await deliver(state_);
        // Where the connection was lost only then, the rest is for another time.
        const bool lost = staged && state_.result.error;
        if (!lost && state_.worth_reading_back) co_await read_back(state_);
        if (!lost) co_await publish(state_);
    }
    co_await record();
    report_end();
    co_return std::move(state_.result);
}

void batch_run::report_start() {
    auto& archive = state_.archive;
    copy_.start_time = archive.now();
    for (const auto& a : shown_in_last_copy(state_.files))
        copy_.files.emplace_back(a.facts.row.local_path, false);
    archive.tell_copy(copy_);
    archive.files_in_flight += static_cast<std::int64_t>(state_.files.size());
    archive.bytes_in_flight += state_.work.bytes;
}

asio::awaitable<void> batch_run::record() {
    auto& archive = state_.archive;
    auto& result = state_.result;
    std::vector<file_outcome> outcomes;
    for (auto& a : state_.files) {
        const bool verified = a.outcome && a.outcome->verified;
        if (verified) a.outcome->read_anew = !state_.begun_in.empty() && state_.begun_in != archive.boot_met;
        if (a.outcome) outcomes.push_back(*a.outcome);
        if (a.outcome && a.judged.decision != verdict::not_a_copy) archive.originals.left(a.facts.row.id);
        if (verified)
            archive.begun_directly.erase(a.facts.row.id);
        else
            result.left_staged.push_back(a.facts.row.remote_path);
    }
    if (outcomes.empty()) co_return;
    result.moved = true;
    auto recorded = co_await archive.environment.catalog.record(std::move(outcomes));
    if (archive.catalog_answered("record", recorded)) {
        for (const auto& a : state_.files) {
            if (!a.outcome) continue;
            const bool transferred = state_.transferred_at > 0 && a.outcome->copied == state_.transferred_at;
            archive.outcomes.tell_copy(*a.outcome, transferred, a.facts.before.size);
            if (a.outcome->verified) archive.observe_delay(a.facts.row);
        }
    } else if (recorded.error().code != failure_code::stopped) {
        log::tell<messages::batch_not_recorded>({.archive = archive.config.name}, recorded.error().text());
        if (!result.error) result.error = recorded.error();
        // What is published and not recorded is found there the next time.
        for (const auto& a : state_.files) result.uncertain.push_back(a.facts.row.id);
    }
}

void batch_run::report_end() {
    auto& archive = state_.archive;
    archive.files_in_flight -= static_cast<std::int64_t>(state_.files.size());
    archive.bytes_in_flight -= state_.work.bytes;
    std::vector<outcome_log::batch_file> files;
    files.reserve(state_.files.size());
    for (const auto& a : state_.files) {
        outcome_log::batch_file file{a.facts.row, a.facts.before.size, false, {}};
        if (a.outcome) file.verified = a.outcome->verified;
        if (a.outcome && a.outcome->error) file.error = *a.outcome->error;
        files.push_back(file);
    }
    copy_.stop_time = archive.now();
    copy_.error = state_.copy_error;
    copy_.files.clear();
    for (const auto& file : shown_in_last_copy(files))
        copy_.files.emplace_back(file.row.local_path, file.verified);
    const auto [verified, failed] = archive.outcomes.log_batch(
        files, state_.work.bytes, *copy_.stop_time - copy_.start_time, state_.result.error);
    archive.count(&status_counters::copies, verified);
    archive.files_verified += static_cast<std::int64_t>(verified);
    archive.meter.verified(archive.environment.clock.steady_now(), verified);
    archive.tell_copy(copy_);
}

}  // namespace suprsync

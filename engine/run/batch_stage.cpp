#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "engine/report/log.hpp"
#include "engine/run/batch_steps.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// Whatever rsync ended with, each file is judged by its own sum (spec, Copying). But a single
// file that was cut short is not complete, and where nothing can be there, or nobody answers, asking would
// only cost time.
bool is_worth_reading_back(const stage_report& staged, std::size_t files) {
    if (staged.end.finished()) return true;
    switch (staged.end.error->code) {
        case failure_code::io:
        case failure_code::not_permitted:
            return true;
        case failure_code::timed_out:
        case failure_code::no_space:
            return files > 1;
        case failure_code::connection:
        case failure_code::stalled:
            // Ended by itself, not by us: rsync met the end of its connection, or lost one of its processes.
            return files > 1 && staged.bytes > 0 && staged.end.exit_class != "stalled";
        default:
            return false;
    }
}

void count_sent(batch_state& state, std::uint64_t total) {
    if (total <= state.bytes_sent) return;
    state.archive.instruments.sent_bytes += total - state.bytes_sent;
    state.bytes_sent = state.result.sent = total;
}

void count_end(batch_state& state, const process_end& end) {
    ++state.archive.instruments.rsync_exits[end.exit_class];
    if (end.exit_class == "0") return;
    if (end.error &&
        (end.error->code == failure_code::timed_out || end.error->code == failure_code::stalled)) {
        state.archive.count(&status_counters::errors_timeout);
        state.copy_error = "timed out";
    } else if (!end.error || end.error->code != failure_code::stopped) {
        state.archive.count(&status_counters::errors_nonzero);
        state.copy_error = "nonzero exit";
    }
}

// Of files that may lie there in part those that are complete are passed by, and not counted.
ids_on_demand order_of(const batch_state& state, const attempt_list& open) {
    const bool begun =
        std::any_of(open.begin(), open.end(), [](const attempt* a) { return a->file.staged_in.has_value(); });
    if (begun && state.work.mode == stage_mode::resume) return {};
    return [&open, &way = state.archive.transport] {
        std::vector<std::string_view> paths;
        for (const auto* a : open) paths.emplace_back(a->facts.row.remote_path);
        std::vector<file_id> ids;
        for (const auto place : way.order_of(paths)) ids.push_back(open[place]->facts.row.id);
        return ids;
    };
}

asio::awaitable<void> stage(batch_state& state) {
    state.worth_reading_back = false;
    if (state.mode_changed()) co_return;
    auto& archive = state.archive;
    const auto open = state.open();
    stage_request request;
    request.slot = state.work.slot;
    request.mode = state.work.mode;
    for (auto* a : open) {
        a->facts.sent_whole = !state.direct && !a->file.staged_in;
        request.items.push_back({a->facts.row.local_path, a->facts.row.remote_path, a->facts.before.size,
                                 a->opened->read_at, a->opened->descriptor, a->opened->held});
        if (state.direct) archive.begun_directly.insert(a->facts.row.id);
    }
    request.progress = [&state](std::uint64_t total, std::size_t files) {
        const auto now = state.archive.environment.clock.steady_now();
        if (total > state.bytes_sent) state.archive.meter.sent(now, total - state.bytes_sent);
        count_sent(state, total);
        state.flight.sent(total, files);
        state.last_progress = now;
    };
    state.flight.sends(open.size(), order_of(state, open));
    state.flight.enter(flight_stage::copying);
    state.staging = true;
    const auto begun = archive.environment.clock.steady_now();
    auto report = co_await archive.transport.stage(std::move(request));
    for (const auto& path : report.removed_leftovers)
        log::info({.archive = archive.config.name},
                  "{} is removed at the destination, where an interrupted transfer had left it", path);
    state.transferred_at = archive.now();
    count_sent(state, report.bytes);
    state.staging = false;
    state.flight.sends_no_more(report.end.finished());
    if (state.hashing) state.flight.enter(flight_stage::hashing);
    archive.instruments.transfers.observe(state.seconds_since(begun));
    state.result.moved = report.bytes > 0;
    for (std::size_t i = 0; i < open.size() && i < report.complaints.size(); ++i)
        open[i]->facts.complaint = report.complaints[i];
    for (std::size_t i = 0; i < open.size() && i < report.held_back.size(); ++i)
        if (report.held_back[i]) state.hold_back(*open[i], *report.held_back[i]);
    for (std::size_t i = 0; i < open.size() && i < report.unreadable.size(); ++i)
        if (report.unreadable[i]) state.settle_unreadable(*open[i], *report.unreadable[i]);
    state.take_end(report.end, report.bytes > 0);
    count_end(state, report.end);
    state.worth_reading_back = is_worth_reading_back(report, open.size());
}

asio::awaitable<void> hash_needed(batch_state& state) {
    attempt_list needed;
    for (auto* a : state.open())
        if (!a->facts.local_md5 && must_hash(a->facts.row, a->facts.before)) needed.push_back(a);
    co_await state.hash(needed);
}

}  // namespace

asio::awaitable<void> stage_and_hash(batch_state& state) {
    using namespace asio::experimental::awaitable_operators;
    co_await (stage(state) && hash_needed(state));
}

}  // namespace suprsync

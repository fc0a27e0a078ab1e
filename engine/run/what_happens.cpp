// The daemon as the service: what is told of the present, from memory.
#include <algorithm>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/version.hpp"
#include "engine/rules/estimated_end.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/rules/scrub.hpp"
#include "engine/run/daemon.hpp"

namespace suprsync {

namespace {

link_view link_of(const archive_context& archive) {
    const auto& connection = archive.connection;
    link_view link;
    link.down_since = connection.down_since();
    switch (connection.at(archive.now())) {
        case connection_state::phase::up:
            link.state = "up";
            break;
        case connection_state::phase::probing:
            link.state = "trying";
            break;
        case connection_state::phase::probe:
            link.state = link.down_since ? "trying" : "unknown";
            break;
        case connection_state::phase::down:
            link.state = "down";
            link.next_attempt = connection.retry_at();
            break;
    }
    if (link.down_since) link.error = archive.link_error;
    return link;
}

scrub_view scrub_view_of(const archive_context& archive) {
    const auto& state = archive.scrub;
    scrub_view shown;
    shown.on = archive.config.scrub_every.has_value();
    shown.round_done = round_done(state);
    if (shown.round_done) shown.round_begun = state.begun;
    if (state.ended > 0) shown.round_ended = state.ended;
    shown.files_proven = state.proven.files;
    shown.bytes_proven = state.proven.bytes;
    shown.mismatches = state.proven.mismatches;
    return shown;
}

catalog_totals catalog_totals_of(const archive_counts& counts) {
    return {counts.files, counts.unsettled, counts.failed, counts.ignored, counts.verified, counts.removed};
}

void take_rates(archive_context& archive, archive_activity& shown) {
    const auto now = archive.environment.clock.steady_now();
    auto& meter = archive.meter;
    shown.bytes_per_second = meter.bytes_per_second(now);
    shown.files_per_second = meter.files_per_second(now);
    shown.bytes_per_second_1m = meter.bytes_per_second(now, activity_meter::minute);
    shown.files_per_second_1m = meter.files_per_second(now, activity_meter::minute);
    shown.bytes_per_second_15m = meter.bytes_per_second(now, activity_meter::quarter);
    shown.files_per_second_15m = meter.files_per_second(now, activity_meter::quarter);
    shown.verified_after_p50 = archive.delays.quantile(now, 0.5);
    shown.verified_after_p99 = archive.delays.quantile(now, 0.99);
}

std::optional<epoch_seconds> estimated_end_of(const archive_context& archive, const archive_activity& a) {
    remaining_work left;
    left.files = a.files_waiting + a.files_in_flight;
    const auto bytes = a.bytes_waiting + a.bytes_in_flight;
    left.bytes = bytes - std::min(bytes, archive.environment.transfers.bytes_done(archive.config.name));
    left.held_up = archive.rests() || archive.connection.at(archive.now()) == connection_state::phase::down;
    left.bytes_per_second_1m = a.bytes_per_second_1m;
    left.files_per_second_1m = a.files_per_second_1m;
    left.bytes_per_second_15m = a.bytes_per_second_15m;
    left.files_per_second_15m = a.files_per_second_15m;
    return estimated_end(archive.now(), left);
}

}  // namespace

archive_activity daemon::activity_of(served_archive& s) {
    auto& c = s.context;
    archive_activity a;
    a.name = c.config.name;
    a.destination = s.way->name();
    a.files_in_flight = c.files_in_flight;
    a.bytes_in_flight = c.bytes_in_flight;
    a.files_waiting = std::max<std::int64_t>(0, c.counts.unsettled - c.counts.failed - c.files_in_flight);
    const auto known = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, c.counts.known_bytes_unsettled - c.counts.known_bytes_failed));
    a.bytes_waiting = known - std::min(known, c.bytes_in_flight);
    a.files_failed = c.counts.failed;
    a.files_deletable = c.counts.deletable;
    a.bytes_deletable = c.counts.known_bytes_deletable;
    take_rates(c, a);
    a.estimated_end = estimated_end_of(c, a);
    a.oldest_waiting = c.counts.oldest_waiting;
    a.next_attempt = c.next_attempt;
    a.files_verified = c.files_verified;
    a.files_deleted = c.files_deleted;
    a.late_files = c.late_files;
    a.paused = c.paused;
    a.pause_reason = c.paused ? c.pause_reason : "";
    a.ocs_stopped = c.ocs_stopped;
    a.oldest_check = oldest_check(c.scrub);
    a.scrub = scrub_view_of(c);
    a.link = link_of(c);
    a.catalog = catalog_totals_of(c.counts);
    a.activity = !ready_                                                          ? "preparing"
                 : c.files_in_flight > 0                                          ? "copying"
                 : c.deleting                                                     ? "deleting"
                 : c.paused                                                       ? "paused"
                 : c.ocs_stopped                                                  ? "stopped"
                 : c.connection.at(clock_.now()) == connection_state::phase::down ? "waiting"
                                                                                  : "idle";
    return a;
}

archive_stats daemon::statistics_of(const served_archive& s) const {
    const auto& counts = s.context.counts;
    return {finalized_until(counts.oldest_unsettled, environment_.clock_watch.certainly_past()),
            counts.files,
            counts.unsettled,
            counts.last_file_added,
            counts.last_file_copied,
            counts.finalized_until_published};
}

std::optional<archive_session> daemon::session(const std::string& archive) {
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) return std::nullopt;
    const auto& c = place->context;
    archive_session s;
    s.timestamp = clock_.now();
    s.last_copy = c.last_copy;
    s.archive_stats = statistics_of(*place);
    s.counters = c.counters;
    s.counters.errors_sqlite = counters_.errors_sqlite;
    const auto now = activity_of(*place).activity;
    if (now == "copying" || c.deleting) s.activity = now == "copying" ? "copying" : "deleting";
    return s;
}

status_snapshot daemon::status() {
    status_snapshot s;
    s.timestamp = clock_.now();
    s.last_copy = last_copy_;
    s.counters = counters_;
    s.instance_id = configuration_.instance_id;
    s.version = version();
    s.started_at = started_at_;
    s.conditions = conditions_.list();
    s.degraded = !s.conditions.empty();
    s.transfers = environment_.transfers.list();
    for (auto& a : archives_) {
        const auto& c = a.context;
        s.archives.push_back(activity_of(a));
        s.archive_stats[c.config.name] = statistics_of(a);
        if (s.archives.back().activity == "copying")
            s.activity = "copying";
        else if (c.deleting && s.activity != "copying")
            s.activity = "deleting";
    }
    return s;
}

archive_report daemon::report_of(served_archive& s) {
    archive_report r;
    r.configuration = without_secrets(s.context.config);
    r.statistics = statistics_of(s);
    r.counts = s.context.counts;
    r.activity = activity_of(s);
    for (auto& raised : conditions_.list())
        if (raised.archive == s.context.config.name) r.conditions.push_back(std::move(raised));
    return r;
}

std::vector<archive_report> daemon::archives() {
    std::vector<archive_report> all;
    for (auto& s : archives_) all.push_back(report_of(s));
    std::sort(all.begin(), all.end(), [](const archive_report& a, const archive_report& b) {
        return a.configuration.name < b.configuration.name;
    });
    return all;
}

std::optional<archive_report> daemon::archive(const std::string& name) {
    const auto s = find_archive(archives_, name);
    if (s == archives_.end()) return std::nullopt;
    return report_of(*s);
}

measurements daemon::measure() {
    measurements m;
    m.status_snapshot = status();
    for (const auto& s : archives_)
        m.archives.emplace(s.context.config.name,
                           measurements::of_archive{s.context.counts, s.context.instruments});
    m.unserved_registrations = housekeeper_.unserved_registrations();
    m.catalog_waits = catalog_.wait_times();
    return m;
}

transfers_report daemon::transfers(bool with_ids) {
    return {catalog_.uuid(), environment_.transfers.list(with_ids)};
}

// In the catalog a file in flight is what it was before.
void daemon::show_stage(file_view& file) const {
    if (file.state != "pending" && file.state != "retrying") return;
    if (const auto stage = environment_.transfers.stage_of(file.row.id)) file.state = name_of(*stage);
}

}  // namespace suprsync

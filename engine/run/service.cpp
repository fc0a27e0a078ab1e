// The daemon as the service: what the HTTP server asks is answered from memory, or by the catalog.
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/configuration_keys.hpp"
#include "engine/model/text.hpp"
#include "engine/model/version.hpp"
#include "engine/report/log.hpp"
#include "engine/rules/finalization.hpp"
#include "engine/run/daemon.hpp"

namespace asio = boost::asio;

namespace suprsync {

namespace {

// What nobody who sends files here can do anything about.
bool keeps_from_working(const condition& raised) {
    return raised.kind == condition_kind::catalog_error || raised.kind == condition_kind::database_locked ||
           raised.kind == condition_kind::disk_nearly_full;
}

}  // namespace

readiness daemon::ready() {
    if (!ready_ || stopping_) return {false, not_ready_because_, stopping_};
    for (const auto& raised : conditions_.list())
        if (keeps_from_working(raised)) return {false, raised.kind + ": " + raised.message};
    return {true, ""};
}

failure daemon::not_served(const std::string& operation, const std::string& archive) const {
    std::vector<std::string> names;
    for (const auto& s : archives_) names.push_back(s.context.config.name);
    return {failure_code::not_found, operation, "archive '" + archive + "'", why_not_served(archive, names)};
}

// Why what needs a prepared catalog cannot be done now.
std::optional<failure> daemon::cannot(const std::string& operation, const std::string& subject) const {
    if (ready_) return std::nullopt;
    return failure{stopping_ ? failure_code::stopped : failure_code::not_ready, operation, subject,
                   not_ready_because_};
}

// No coroutine of ours tries it again.
void daemon::raise_failed_change(const failure& why) {
    if (why.code != failure_code::catalog) return;
    environment_.writing_failed = true;
    environment_.conditions.raise(condition_kind::catalog_error, "", why.text());
}

bool daemon::serves(const std::string& archive) {
    return find_archive(archives_, archive) != archives_.end();
}

asio::awaitable<result<std::optional<file_view>>> daemon::file(file_id id) {
    co_return co_await catalog_.find(id);
}

asio::awaitable<result<file_page>> daemon::list_files(file_query query) {
    if (query.archive && !serves(*query.archive)) co_return not_served("list", *query.archive);
    if (auto why = cannot("list", "files")) co_return *why;
    co_return co_await catalog_.list_files(std::move(query));
}

asio::awaitable<result<std::optional<file_view>>> daemon::change_file(file_id id, file_change change) {
    if (auto why = cannot("change", fmt::format("file {}", id))) co_return *why;
    auto changed = co_await catalog_.change_file(id, std::move(change));
    if (changed && *changed) {
        const auto& row = (*changed)->row;
        log::info({row.archive_name, row.id, row.local_path},
                  "{} (id {}) is changed by request: ignore {}, deletable {}", row.local_path, row.id,
                  row.ignore, row.deletable);
        wake_everybody();
        environment_.removals.changed({row.local_path});
        // A removal that could not be stopped any more is part of the answer.
        co_await environment_.removals.settled({row.local_path});
        co_return co_await catalog_.find(id);
    }
    if (!changed) raise_failed_change(changed.error());
    co_return changed;
}

asio::awaitable<result<std::int64_t>> daemon::retry(retry_request request) {
    const auto archive = request.archive.value_or("");
    const auto subject = request.archive ? "archive '" + archive + "'" : std::string("files");
    if (request.archive && !serves(*request.archive)) co_return not_served("retry", *request.archive);
    if (auto why = cannot("retry", subject)) co_return *why;
    request.at = clock_.now();
    auto retried = co_await catalog_.retry(std::move(request));
    if (retried && *retried > 0) {
        log::info({.archive = archive}, "{} of {} {} tried again by request", counted(*retried, "file"),
                  subject, *retried == 1 ? "is" : "are");
        wake_everybody();
    }
    if (!retried) raise_failed_change(retried.error());
    co_return retried;
}

asio::awaitable<result<std::int64_t>> daemon::accept_removal(std::string archive, int timecode) {
    const auto subject = fmt::format("day {} of archive '{}'", timecode_directory(timecode), archive);
    if (!serves(archive)) co_return not_served("accept the removal of a day of", archive);
    if (auto why = cannot("accept the removal of", subject)) co_return *why;
    auto accepted =
        co_await catalog_.choose_for_removed_day(archive, timecode, removal_choice::accepted, clock_.now());
    if (accepted) {
        log::info({.archive = archive}, "the removal of {} is accepted by request", subject);
        wake_everybody();
    } else {
        raise_failed_change(accepted.error());
    }
    co_return accepted;
}

asio::awaitable<result<std::vector<timecode_view>>> daemon::timecodes(timecode_query query) {
    if (!serves(query.archive)) co_return not_served("list the timecodes of", query.archive);
    if (auto why = cannot("list the timecodes of", "archive '" + query.archive + "'")) co_return *why;
    co_return co_await catalog_.timecodes(std::move(query));
}

asio::awaitable<result<archive_stats>> daemon::publish_statistics(std::string archive) {
    const auto served = find_archive(archives_, archive);
    if (served == archives_.end()) co_return not_served("publish the statistics of", archive);
    if (auto why = cannot("publish the statistics of", "archive '" + archive + "'")) co_return *why;
    if (!served->context.counts_known)
        co_return failure{failure_code::not_ready, "publish the statistics of", "archive '" + archive + "'",
                          "they are not known yet"};
    // While nobody knows what time it is, no more is promised than before.
    const auto& clock = environment_.clock_watch;
    auto until =
        co_await catalog_.promise_finalized_until(archive, clock.holds() ? 0 : clock.certainly_past());
    if (!until) {
        raise_failed_change(until.error());
        co_return until.error();
    }
    if (*until <= 0 && clock.holds())
        co_return failure{failure_code::not_ready, "publish the statistics of", "archive '" + archive + "'",
                          "nobody has said yet what time it is"};
    // A reload may have taken it away meanwhile.
    const auto place = find_archive(archives_, archive);
    if (place == archives_.end()) co_return not_served("publish the statistics of", archive);
    place->context.counts.finalized_until_published = std::max(*until, 0.0);  // nothing is promised yet
    auto statistics = statistics_of(*place);
    statistics.finalized_until = statistics.finalized_until_published;
    co_return statistics;
}

archive_activity daemon::activity_of(served_archive& s) {
    auto& c = s.context;
    const auto steady = clock_.steady_now();
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
    a.bytes_per_second = c.meter.bytes_per_second(steady);
    a.files_per_second = c.meter.files_per_second(steady);
    a.next_attempt = c.next_attempt;
    a.files_verified = c.files_verified;
    a.files_deleted = c.files_deleted;
    a.late_files = c.late_files;
    a.paused = c.paused;
    a.ocs_stopped = c.ocs_stopped;
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

}  // namespace suprsync

#include "http/api/metrics_endpoint.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace asio = boost::asio;
namespace prom = prometheus;

namespace suprsync {

namespace {

using labels = std::vector<prom::ClientMetric::Label>;

// Everything of one name, in the order in which it is added.
class family {
  public:
    family(std::string name, std::string help, prom::MetricType type)
        : family_{std::move(name), std::move(help), type, {}} {}

    template <class Number>
    family& add(labels where, Number value) {
        auto& metric = put(std::move(where));
        if (family_.type == prom::MetricType::Counter)
            metric.counter.value = static_cast<double>(value);
        else
            metric.gauge.value = static_cast<double>(value);
        return *this;
    }

    family& add(labels where, const duration_histogram& seen) {
        auto& shown = put(std::move(where)).histogram;
        shown.sample_count = seen.count();
        shown.sample_sum = seen.sum();
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < seen.counts().size(); ++i) {
            below += seen.counts()[i];
            const bool last = i == seen.bounds().size();
            shown.bucket.push_back(
                {below, last ? std::numeric_limits<double>::infinity() : seen.bounds()[i]});
        }
        return *this;
    }

    prom::MetricFamily take() { return std::move(family_); }

  private:
    prom::ClientMetric& put(labels where) {
        auto& metric = family_.metric.emplace_back();
        metric.label = std::move(where);
        return metric;
    }

    prom::MetricFamily family_;
};

family gauge(std::string name, std::string help) {
    return {std::move(name), std::move(help), prom::MetricType::Gauge};
}
family counter(std::string name, std::string help) {
    return {std::move(name), std::move(help), prom::MetricType::Counter};
}
family histogram(std::string name, std::string help) {
    return {std::move(name), std::move(help), prom::MetricType::Histogram};
}

using families = std::vector<prom::MetricFamily>;

void add_backlog(families& all, const measurements& m) {
    auto files = gauge("suprsync_files",
                       "Registered files by state; waiting are those that are to be copied or tried again.");
    auto bytes = gauge(
        "suprsync_bytes",
        "Bytes of the registered files by state. A file that nobody has looked at yet, since another program registered or verified it, counts 0.");
    auto deletable = gauge(
        "suprsync_deletable_files",
        "Local files that are verified and may be deleted once they are old enough; ignored ones, and those that are to be kept, are none of them.");
    auto deletable_bytes =
        gauge("suprsync_deletable_bytes", "Bytes of those of suprsync_deletable_files whose size is known.");
    auto age = gauge(
        "suprsync_oldest_unverified_age_seconds",
        "Time since the registration of the oldest file that is neither verified nor ignored; 0 where there is none.");
    auto lag = gauge("suprsync_finalized_until_lag_seconds",
                     "How far the archive's finalized_until lies behind the present.");
    auto rate = gauge("suprsync_transfer_rate_bytes_per_second", "Bytes sent, over the last ten seconds.");
    auto paused = gauge("suprsync_archive_paused", "1 while the archive begins no new batches.");
    for (const auto& activity : m.status_snapshot.archives) {
        const auto& name = activity.name;
        const auto& counts = m.archives.at(name).counts;
        const auto now = m.status_snapshot.timestamp;
        const auto add = [&](const char* state, auto count, auto size) {
            files.add({{"archive", name}, {"state", state}}, count);
            bytes.add({{"archive", name}, {"state", state}}, size);
        };
        add("waiting", activity.files_waiting, activity.bytes_waiting);
        add("in_flight", activity.files_in_flight, activity.bytes_in_flight);
        add("failed", counts.failed, counts.known_bytes_failed);
        add("ignored", counts.ignored, counts.known_bytes_ignored);
        add("verified", counts.verified - counts.removed,
            counts.known_bytes_verified - counts.known_bytes_removed);
        add("deleted", counts.removed, counts.known_bytes_removed);
        if (counts.deletable) deletable.add({{"archive", name}}, *counts.deletable);
        if (counts.known_bytes_deletable)
            deletable_bytes.add({{"archive", name}}, *counts.known_bytes_deletable);
        age.add({{"archive", name}},
                counts.oldest_unsettled ? std::max(0.0, now - *counts.oldest_unsettled) : 0.0);
        lag.add({{"archive", name}},
                std::max(0.0, now - m.status_snapshot.archive_stats.at(name).finalized_until));
        rate.add({{"archive", name}}, activity.bytes_per_second);
        paused.add({{"archive", name}}, activity.paused || activity.ocs_stopped ? 1 : 0);
    }
    for (auto* f : {&files, &bytes, &deletable, &deletable_bytes, &age, &lag, &rate, &paused})
        all.push_back(f->take());
}

void add_work(families& all, const measurements& m) {
    auto transfers = histogram("suprsync_transfer_duration_seconds", "Duration of an rsync process.");
    auto verifications = histogram("suprsync_verification_duration_seconds",
                                   "Duration of computing the MD5 sums of a batch at the destination.");
    auto exits = counter("suprsync_rsync_exits_total",
                         "rsync processes by how they ended: exit status, signal, or our own limit.");
    auto sent = counter("suprsync_sent_bytes_total", "Bytes sent by rsync.");
    auto verified_bytes = counter("suprsync_verified_bytes_total", "Bytes of the files that were verified.");
    auto verified = counter("suprsync_verified_files_total", "Files that were verified.");
    auto failed = counter("suprsync_failed_attempts_total", "Attempts that files have lost.");
    auto deleted = counter("suprsync_deleted_files_total", "Local files that were deleted.");
    auto finalized = counter("suprsync_finalizations_total", "Finalization files that were registered.");
    auto late = counter("suprsync_late_files_total", "Files that arrived for finalized directories.");
    for (const auto& activity : m.status_snapshot.archives) {
        const labels archive{{"archive", activity.name}};
        const auto& seen = m.archives.at(activity.name).instruments;
        transfers.add(archive, seen.transfers);
        verifications.add(archive, seen.verifications);
        for (const auto& [exit_class, count] : seen.rsync_exits)
            exits.add({{"archive", activity.name}, {"class", exit_class}}, count);
        sent.add(archive, seen.sent_bytes);
        verified_bytes.add(archive, seen.verified_bytes);
        verified.add(archive, activity.files_verified);
        failed.add(archive, seen.failed_attempts);
        deleted.add(archive, activity.files_deleted);
        finalized.add(archive, seen.finalizations);
        late.add(archive, activity.late_files);
    }
    for (auto* f : {&transfers, &verifications, &exits, &sent, &verified_bytes, &verified, &failed, &deleted,
                    &finalized, &late})
        all.push_back(f->take());
}

void add_checks(families& all, const measurements& m) {
    auto files = counter(
        "suprsync_scrub_proven_files_total",
        "Copies that were asked for again, by the scrub or while they were in doubt, and are as they were verified; kept over restarts.");
    auto bytes = counter("suprsync_scrub_proven_bytes_total", "Bytes of those whose size is known.");
    auto mismatches = counter(
        "suprsync_scrub_mismatches_total",
        "Copies that were found not to be as they were verified, when they were asked for again; kept over restarts.");
    auto ended = gauge("suprsync_scrub_round_end_timestamp_seconds",
                       "When every copy had been asked for again last, since the Unix epoch.");
    auto done = gauge("suprsync_scrub_round_done_ratio",
                      "How much of the round under way was asked for, by ids; none where none is.");
    for (const auto& activity : m.status_snapshot.archives) {
        const labels archive{{"archive", activity.name}};
        const auto& scrub = activity.scrub;
        files.add(archive, scrub.files_proven);
        bytes.add(archive, scrub.bytes_proven);
        mismatches.add(archive, scrub.mismatches);
        if (scrub.round_ended) ended.add(archive, *scrub.round_ended);
        if (scrub.round_done) done.add(archive, *scrub.round_done);
    }
    for (auto* f : {&files, &bytes, &mismatches, &ended, &done}) all.push_back(f->take());
}

void add_daemon(families& all, const measurements& m) {
    all.push_back(
        gauge("suprsync_build_info", "1, with the version and the instance as labels.")
            .add({{"version", m.status_snapshot.version}, {"instance_id", m.status_snapshot.instance_id}}, 1)
            .take());
    all.push_back(gauge("suprsync_start_time_seconds", "When the daemon started, since the Unix epoch.")
                      .add({}, m.status_snapshot.started_at)
                      .take());
    all.push_back(histogram("suprsync_catalog_wait_seconds",
                            "Time from asking the catalog to its answer: its turn, locks, and the work.")
                      .add({}, m.catalog_waits)
                      .take());
    all.push_back(gauge("suprsync_unserved_registrations",
                        "Files that are registered for archives that no daemon works on, and not settled.")
                      .add({}, m.unserved_registrations)
                      .take());
    all.push_back(counter("suprsync_catalog_errors_total", "Statements that met a locked database or failed.")
                      .add({}, m.status_snapshot.counters.errors_sqlite)
                      .take());
    auto conditions = gauge("suprsync_condition", "1 for each condition that holds now.");
    for (const auto& raised : m.status_snapshot.conditions)
        conditions.add({{"kind", raised.kind}, {"archive", raised.archive}}, 1);
    all.push_back(conditions.take());
    all.push_back(gauge("suprsync_conditions", "How many conditions hold now.")
                      .add({}, m.status_snapshot.conditions.size())
                      .take());
}

void add_server(families& all, const http_figures& http_server) {
    all.push_back(
        gauge("suprsync_http_connections", "Open HTTP connections.").add({}, http_server.connections).take());
    all.push_back(gauge("suprsync_http_event_streams", "Open HTTP connections that read events.")
                      .add({}, http_server.event_streams)
                      .take());
    all.push_back(counter("suprsync_http_refused_connections_total",
                          "HTTP connections that came when all others waited for answers.")
                      .add({}, http_server.refused_connections)
                      .take());
    auto answers = counter("suprsync_http_answers_total", "HTTP answers by status.");
    for (const auto& [status, count] : http_server.answers)
        answers.add({{"status", std::to_string(status)}}, count);
    all.push_back(answers.take());
}

}  // namespace

std::string metrics_text(const measurements& measured, const http_figures& http_server) {
    families all;
    add_daemon(all, measured);
    add_backlog(all, measured);
    add_work(all, measured);
    add_checks(all, measured);
    add_server(all, http_server);
    // A name without a value says nothing.
    std::erase_if(all, [](const prom::MetricFamily& f) { return f.metric.empty(); });
    return prom::TextSerializer{}.Serialize(all);
}

asio::awaitable<http_answer> get_metrics(service& service, http_request request) {
    http_answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = metrics_text(service.measure(), request.figures ? *request.figures : http_figures{});
    co_return answer;
}

}  // namespace suprsync

#include "http/api/views.hpp"

namespace suprsync {

void write_json(json_writer& json, const status_snapshot& status) {
    json.begin_object().members(status).key("archives").begin_object();
    for (const auto& archive : status.archives) json.member(archive.name, archive);
    json.end_object().end_object();
}

void write_json(json_writer& json, const std::optional<last_copy>& batch) {
    json.begin_object();
    if (batch) {
        json.member("start_time", batch->start_time).key("files").begin_array();
        for (const auto& [path, verified] : batch->files)
            json.begin_array().value(path).value(verified).end_array();
        json.end_array();
        if (batch->stop_time) json.member("stop_time", *batch->stop_time);
        if (batch->error) json.member("error", *batch->error);
    }
    json.end_object();
}

void write_json(json_writer& json, const history_point& point) {
    json.begin_object()
        .member("at", point.at)
        .member("seconds", point.seconds)
        .member("sent_bytes", point.sent_bytes)
        .member("verified_bytes", point.verified_bytes)
        .member("verified_files", point.verified_files)
        .member("waiting_files", point.waiting_files)
        .member("failed_files", point.failed_files)
        .member("p50", point.verified_after.quantile(0.5))
        .member("p99", point.verified_after.quantile(0.99))
        .member("free_here", point.free_here)
        .member("free_there", point.free_there)
        .end_object();
}

void begin_history(json_writer& json, const archive_history& history) {
    json.begin_object()
        .member("archive", history.archive)
        .member("from", history.range.from)
        .member("to", history.range.to)
        .member("step", history.range.step)
        .key("rows");
}

void end_history(json_writer& json, const archive_history& history) {
    json.key("forecast")
        .begin_object()
        .member("here", history.here)
        .member("there", history.there)
        .end_object()
        .end_object();
}

void write_json(json_writer& json, const archive_report& archive) {
    const auto& counts = archive.counts;
    json.begin_object()
        .member("name", archive.configuration.name)
        .member("configuration", archive.configuration)
        .key("statistics")
        .begin_object()
        .member("finalized_until", archive.statistics.finalized_until)
        .member("finalized_until_published", archive.statistics.finalized_until_published)
        .member("num_files", counts.files)
        .member("uncopied_files", counts.unsettled)
        .member("failed_files", counts.failed)
        .member("ignored_files", counts.ignored)
        .member("verified_files", counts.verified)
        .member("deleted_files", counts.removed)
        .member("uncopied_bytes", counts.known_bytes_unsettled)
        .member("oldest_uncopied", counts.oldest_unsettled)
        .member("last_file_added", counts.last_file_added)
        .member("last_file_copied", counts.last_file_copied)
        .end_object()
        .member("activity", archive.activity)
        .member("conditions", archive.conditions)
        .end_object();
}

}  // namespace suprsync

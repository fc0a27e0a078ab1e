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

#include "http/api/views.hpp"

namespace suprsync {

namespace {

void write_last_copy(json_writer& json, const std::optional<last_copy>& batch) {
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

void write_stats(json_writer& json, const archive_stats& stats) {
    json.begin_object()
        .member("finalized_until", stats.finalized_until)
        .member("num_files", stats.num_files)
        .member("uncopied_files", stats.uncopied_files)
        .member("last_file_added", stats.last_file_added)
        .member("last_file_copied", stats.last_file_copied)
        .end_object();
}

}  // namespace

void write_condition(json_writer& json, const condition& held) {
    json.begin_object()
        .member("kind", held.kind)
        .member("archive", held.archive)
        .member("message", held.message)
        .member("since", held.since)
        .member("count", held.count)
        .end_object();
}

void write_activity(json_writer& json, const archive_activity& archive) {
    json.begin_object()
        .member("name", archive.name)
        .member("destination", archive.destination)
        .member("activity", archive.activity)
        .member("paused", archive.paused)
        .member("files_in_flight", archive.files_in_flight)
        .member("bytes_in_flight", archive.bytes_in_flight)
        .member("files_waiting", archive.files_waiting)
        .member("bytes_waiting", archive.bytes_waiting)
        .member("files_failed", archive.files_failed)
        .member("files_verified", archive.files_verified)
        .member("files_deleted", archive.files_deleted)
        .member("late_files", archive.late_files)
        .member("bytes_per_second", archive.bytes_per_second)
        .member("files_per_second", archive.files_per_second)
        .member("next_attempt", archive.next_attempt)
        .end_object();
}

void write_status(json_writer& json, const status_snapshot& data) {
    json.begin_object().member("activity", data.activity).member("timestamp", data.timestamp);
    json.key("last_copy");
    write_last_copy(json, data.last_copy);

    json.key("archive_stats").begin_object();
    for (const auto& [name, stats] : data.archive_stats) {
        json.key(name);
        write_stats(json, stats);
    }
    json.end_object();

    json.key("counters")
        .begin_object()
        .member("iterations", data.counters.iterations)
        .member("copies", data.counters.copies)
        .member("errors_timeout", data.counters.errors_timeout)
        .member("errors_nonzero", data.counters.errors_nonzero)
        .member("errors_sqlite", data.counters.errors_sqlite)
        .end_object();

    json.member("instance_id", data.instance_id)
        .member("version", data.version)
        .member("started_at", data.started_at)
        .member("degraded", data.degraded);

    json.key("conditions").begin_array();
    for (const auto& held : data.conditions) write_condition(json, held);
    json.end_array();

    json.key("archives").begin_object();
    for (const auto& archive : data.archives) {
        json.key(archive.name);
        write_activity(json, archive);
    }
    json.end_object().end_object();
}

void write_file(json_writer& json, const file_view& file) {
    const auto& row = file.row;
    json.begin_object()
        .member("id", row.id)
        .member("local_path", row.local_path)
        .member("local_md5sum", row.local_md5sum)
        .member("archive_name", row.archive_name)
        .member("remote_path", row.remote_path)
        .member("timestamp", row.timestamp)
        .member("remote_md5sum", row.remote_md5sum)
        .member("copied", row.copied)
        .member("removed", row.removed)
        .member("failed_copy_attempts", row.failed_copy_attempts)
        .member("deletable", row.deletable)
        .member("ignore", row.ignore)
        .member("state", file.state)
        .member("last_error", file.last_error)
        .member("last_error_at", file.last_error_at)
        .member("next_attempt_at", file.next_attempt_at)
        .member("ignore_reason", file.ignore_reason)
        .member("bytes", file.bytes)
        .end_object();
}

}  // namespace suprsync

#include "http/api/archive_view.hpp"

#include "http/api/views.hpp"

namespace suprsync {

namespace {

std::string_view word_of(recheck_kind kind) {
    switch (kind) {
        case recheck_kind::size:
            return "size";
        case recheck_kind::md5:
            return "md5";
        case recheck_kind::off:
            break;
    }
    return "off";
}

void write_configuration(json_writer& json, const archive_configuration& c) {
    json.begin_object()
        .member("instance_id", c.instance_id)
        .member("suprsync_file_root", c.suprsync_file_root)
        .member("remote_basedir", c.remote_basedir)
        .member("ssh_host", c.ssh_host)
        .member("ssh_key", c.ssh_key)
        .member("remote_staging_dir", c.remote_staging_dir)
        .member("delete_local_after", c.delete_local_after)
        .member("max_copy_attempts", c.max_copy_attempts)
        .member("copy_timeout", c.copy_timeout)
        .member("cmd_timeout", c.cmd_timeout)
        .member("stall_timeout", c.stall_timeout)
        .member("files_per_batch", c.files_per_batch)
        .member("sleep_time", c.sleep_time)
        .member("compression", c.compression)
        .member("bwlimit", c.bwlimit)
        .member("chmod", c.chmod)
        .member("concurrency", c.concurrency)
        .member("recheck_remote", word_of(c.recheck_remote));
    json.key("local_roots").begin_array();
    for (const auto& root : c.local_roots) json.value(root);
    json.end_array().end_object();
}

}  // namespace

void write_archive(json_writer& json, const archive_report& archive) {
    json.begin_object().member("name", archive.configuration.name).key("configuration");
    write_configuration(json, archive.configuration);

    const auto& counts = archive.counts;
    json.key("statistics")
        .begin_object()
        .member("finalized_until", archive.statistics.finalized_until)
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
        .end_object();

    json.key("activity");
    write_activity(json, archive.activity);
    json.key("conditions").begin_array();
    for (const auto& held : archive.conditions) write_condition(json, held);
    json.end_array().end_object();
}

void write_timecode(json_writer& json, const timecode_view& directory) {
    json.begin_object()
        .member("timecode", directory.timecode)
        .member("archive_name", directory.archive_name)
        .member("completed", directory.completed)
        .member("synced", directory.synced)
        .member("finalized", directory.finalized)
        .member("revision", directory.revision)
        .key("last_finalized_at");
    if (directory.last_finalized_at > 0)
        json.value(directory.last_finalized_at);
    else
        json.null();
    json.member("files", directory.files)
        .member("unsettled", directory.unsettled)
        .member("failed", directory.failed)
        .key("blocking")
        .begin_array();
    for (const auto& file : directory.blocking) write_file(json, file);
    json.end_array().end_object();
}

}  // namespace suprsync

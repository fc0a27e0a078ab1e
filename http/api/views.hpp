// How what the engine knows is shown as JSON: which members of its structs are written, in which order, under
// their own names; and the few forms that differ from the structs. /status is the agent's session data, key
// for key, and what was added to it.
#pragma once

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "engine/ports/service.hpp"
#include "http/api/json_writer.hpp"

namespace suprsync {

BOOST_DESCRIBE_STRUCT(condition, (), (kind, archive, message, since, count))

BOOST_DESCRIBE_STRUCT(archive_stats, (),
                      (finalized_until, num_files, uncopied_files, last_file_added, last_file_copied,
                       finalized_until_published))

BOOST_DESCRIBE_STRUCT(link_view, (), (state, down_since, next_attempt, error))
BOOST_DESCRIBE_STRUCT(catalog_totals, (), (files, unsettled, failed, ignored, verified, deleted))
BOOST_DESCRIBE_STRUCT(scrub_view, (),
                      (on, round_begun, round_done, round_ended, files_proven, bytes_proven, mismatches))

BOOST_DESCRIBE_STRUCT(archive_activity, (),
                      (name, destination, activity, paused, pause_reason, link, files_in_flight,
                       bytes_in_flight, files_waiting, bytes_waiting, oldest_waiting, files_failed,
                       files_deletable, bytes_deletable, files_verified, files_deleted, late_files, catalog,
                       bytes_per_second, files_per_second, bytes_per_second_1m, files_per_second_1m,
                       bytes_per_second_15m, files_per_second_15m, estimated_end, verified_after_p50,
                       verified_after_p99, next_attempt, oldest_check, scrub))

/// The ids of its files stand in GET /transfers alone, where they are asked for.
BOOST_DESCRIBE_ENUM(flight_stage, hashing, copying, verifying, publishing, sent)
BOOST_DESCRIBE_STRUCT(transfer, (),
                      (id, archive, stage, files, files_sent, bytes, bytes_done, bytes_hashed, bytes_to_hash,
                       bytes_per_second, since, stage_since, local_path))

BOOST_DESCRIBE_STRUCT(status_counters, (),
                      (iterations, copies, errors_timeout, errors_nonzero, errors_sqlite))

BOOST_DESCRIBE_STRUCT(archive_session, (), (activity, timestamp, last_copy, archive_stats, counters))

/// Then `archives`: an object by name, as `archive_stats` is.
BOOST_DESCRIBE_STRUCT(status_snapshot, (),
                      (activity, timestamp, last_copy, archive_stats, counters, instance_id, version,
                       started_at, degraded, conditions, transfers))
void write_json(json_writer& json, const status_snapshot& status);

/// An empty object before the first copy; what is not known yet is left out.
void write_json(json_writer& json, const std::optional<last_copy>& batch);

/// The columns of supersync_v0 under their names, and what is known beside them.
BOOST_DESCRIBE_STRUCT(file_row, (),
                      (id, local_path, local_md5sum, archive_name, remote_path, timestamp, remote_md5sum,
                       copied, removed, failed_copy_attempts, deletable, ignore))
BOOST_DESCRIBE_STRUCT(file_view, (),
                      (state, last_error, last_error_at, next_attempt_at, ignore_reason, bytes))
inline void write_json(json_writer& json, const file_view& file) {
    json.begin_object().members(file.row).members(file).end_object();
}
inline void write_json(json_writer& json, const added_file& added) { json.value(added.file); }

BOOST_DESCRIBE_STRUCT(timecode_view, (),
                      (timecode, archive_name, completed, synced, finalized, revision, last_finalized_at,
                       files, unsettled, failed, lost, removed_there, blocking))

/// The options of an archive under their names; no secrets.
BOOST_DESCRIBE_ENUM(recheck_kind, size, md5, off)
BOOST_DESCRIBE_ENUM(verify_kind, cache, disk)
BOOST_DESCRIBE_ENUM(links_kind, refuse, follow)
BOOST_DESCRIBE_STRUCT(archive_configuration, (),
                      (instance_id, suprsync_file_root, remote_basedir, ssh_host, ssh_key, remote_staging_dir,
                       remote_suprsync, delete_local_after, max_copy_attempts, copy_timeout, cmd_timeout,
                       stall_timeout, files_per_batch, sleep_time, compression, bwlimit, chmod, concurrency,
                       recheck_remote, verify_from, remote_links, transfer, scrub_every, scrub_rate,
                       local_roots))

BOOST_DESCRIBE_STRUCT(space_forecast, (), (free, at, bytes_per_second, full_in))

/// Its latencies as `p50` and `p99`.
void write_json(json_writer& json, const history_point& point);
/// What stands before the array `rows` of its points, and behind it.
void begin_history(json_writer& json, const archive_history& history);
void end_history(json_writer& json, const archive_history& history);

/// Name, configuration, statistics, activity (as in /status), conditions.
void write_json(json_writer& json, const archive_report& archive);

}  // namespace suprsync

// When a timecode directory is complete, and the finalization file that says so (spec, Timecode directories):
// decisions and texts, no I/O.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/timecodes.hpp"

namespace suprsync {

/// A finalization file that is older than this (s) when about to be sent is issued anew.
inline constexpr double stale_finalization_age = 86400;
/// Least distance (s) between two revisions of one directory.
inline constexpr double between_revisions = 1;

/// How long (s) no copy of a directory was made before its finalization file of this revision is written: the
/// first at once, the second after a minute, each further one after twice as long, 15 min at most. A trickle
/// of late files is one revision, and not one for each file.
double quiet_before(int revision);
inline constexpr double longest_quiet = 900;
/// A revision is put off no longer (s) than this, however little quiet there is.
inline constexpr double longest_put_off = 3600;

/// A directory beyond this one is a mistake in a name, and completes nothing.
int newest_believed(epoch_seconds now);

/// No more data is expected: a newer directory with data exists in the archive (`newest_with_data`, which is
/// to be believed), or it is more than a timecode old.
bool is_completed(int timecode, std::optional<int> newest_with_data, epoch_seconds now);

enum class finalization_step {
    wait,       ///< not complete, or files on their way
    blocked,    ///< complete, and only failed files are left, or copies are lost: a person must look
    finalize,   ///< write and register the finalization file
    too_soon,   ///< due, but the last revision is less than a second old
    not_quiet,  ///< due, but the last copy is younger than quiet_before(its revision)
};

/// `put_off_since`: when it was first found not to be quiet, where it was; 0: it is not to be put off.
finalization_step next_step(const open_timecode& directory, std::optional<int> newest_with_data,
                            epoch_seconds now, std::optional<epoch_seconds> put_off_since = std::nullopt);

/// The timestamp of the archive's oldest unsettled file minus 1; now, where there is none (spec, Timecode
/// directories). In whole microseconds, as it is written, and never later.
epoch_seconds finalized_until(const std::optional<epoch_seconds>& oldest_unsettled, epoch_seconds now);

/// What readers are told: never less than they were told before, whatever came in since.
epoch_seconds promised(epoch_seconds computed, epoch_seconds published);

/// Whether a file may say `until`: it is no step back, and nothing that came in meanwhile is older than what
/// it promises for the first time.
bool may_be_published(epoch_seconds until, epoch_seconds published,
                      const std::optional<epoch_seconds>& oldest_unsettled);

/// Where the file goes, here and there, and what it says.
struct finalization_file {
    std::string local_path;
    std::string remote_path;
    std::string text;  ///< YAML
};

/// For one directory, as of `now`. `revision` is written from 2 on, as an extra key after the agent's (spec,
/// Timecode directories).
finalization_file compose_finalization(const std::string& suprsync_file_root, const std::string& instance_id,
                                       const std::string& archive, const timecode_summary& summary,
                                       epoch_seconds now, epoch_seconds finalized_until);

}  // namespace suprsync

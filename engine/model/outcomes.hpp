// What became of a file in an attempt to copy or to delete it, as it is recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/file.hpp"

namespace suprsync {

/// What became of a file, recorded only while the row is still the one that was read (id, local path,
/// archive, remote path agree); otherwise the outcome is dropped.
struct file_outcome {
    file_row seen;  ///< the row as it was loaded

    std::optional<std::string> local_md5sum;   ///< newly computed
    std::optional<std::string> remote_md5sum;  ///< the destination's answer, also where it differs
    std::optional<epoch_seconds> copied;       ///< time of the transfer
    int attempts_lost = 0;                     ///< added to failed_copy_attempts
    bool fail_for_good = false;                ///< failed_copy_attempts becomes max_copy_attempts
    std::optional<std::string> error;          ///< last_error; none keeps the one that is there, "" clears it
    epoch_seconds error_at = 0;
    std::optional<epoch_seconds> next_attempt;  ///< not before
    bool compare = false;                       ///< stage_mode::compare next time
    bool verified = false;                      ///< published with remote_md5sum equal to local_md5sum
    std::optional<file_identity>
        identity;  ///< of the verified local file (spec, Deleting, 2); none erases it
    /// That this identity has the verified content is not known for sure: its file system alone is.
    bool hash_before_deletion = false;
    std::string real_path{};  ///< where the verified local file lay, links resolved; '' where nobody can tell
    std::optional<std::string> ignore_reason;  ///< sets ignore = 1 with this reason
    std::optional<std::uint64_t> size;         ///< bytes, where known
    /// Of a verified one: some of its copy was written in an earlier attempt.
    bool written_before = false;
    /// Of a verified one: its copy is read anew before anything rests on it, since it was not looked at now,
    /// or the destination's machine was started anew since its batch began, and may have lost it.
    bool read_anew = false;
};

enum class deletion_outcome {
    deleted,   ///< removed = now
    gone,      ///< removed = 0
    vanished,  ///< the destination lost it: remote_md5sum and copied become NULL, pending again, vanished + 1
               ///< unless it went with the power
    lost_again,    ///< vanished a second time or other content there: failed for good, `error` kept
    new_version,   ///< the local file changed: local_md5sum becomes '' (or `local_md5sum`), pending again,
                   ///< nothing counted
    postponed,     ///< checked again at `again_at`
    sent_by_hand,  ///< a person wants its copy made anew: pending again, with all attempts; nothing counted
};

struct deletion_record {
    file_row seen;
    deletion_outcome outcome = deletion_outcome::postponed;
    std::string error;
    epoch_seconds at = 0;
    epoch_seconds again_at = 0;
    std::optional<std::uint64_t> size{};  ///< bytes of the local file, where it was checked
    /// Of a vanished one: it went with the power there, which is not counted.
    bool went_with_power = false;
};

}  // namespace suprsync

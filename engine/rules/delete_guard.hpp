// May this local file be deleted, now? The four conditions (spec, Deleting) as one decision, asked again
// and again as facts come in: it names the next fact that it needs, or what to do.
#pragma once

#include <optional>
#include <string>

#include "engine/model/destination.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/rows.hpp"
#include "engine/model/settings.hpp"

namespace suprsync {

struct deletion_facts {
    deletable_item item;
    epoch_seconds now = 0;
    double delete_local_after = 0;  ///< s
    recheck_kind recheck = recheck_kind::md5;
    bool within_roots = true;                      ///< below the archive's local_roots, or none are set
    std::optional<result<file_identity>> local;    ///< a fresh stat
    std::optional<result<std::string>> local_md5;  ///< computed now, with the file unchanged around it
    std::optional<stat_answer> remote;             ///< a fresh stat at the destination
    std::optional<bool> day_stands;  ///< whether the directory of its timecode is there, asked at that time
    bool catalog_agrees =
        false;  ///< asked again after all else: still verified, deletable, not needed elsewhere
};

enum class deletion_step {
    stat_local,     ///< stat the file
    hash_local,     ///< compute its MD5: no identity is on record
    stat_remote,    ///< ask the destination
    ask_day,        ///< ask it whether the directory of the file's timecode is there
    ask_catalog,    ///< ask the catalog once more
    remove,         ///< all holds: unlink
    not_now,        ///< a condition does not hold now: leave it, try again later
    gone,           ///< it is gone already, and the destination has it: removed = 0
    new_version,    ///< it is another file than the one verified
    vanished,       ///< the destination no longer has it: copy it anew, once
    lost_again,     ///< that happened before, or other content stands there: keep it, failed
    not_a_copy,     ///< what stands at the destination is the local file itself: never deleted
    day_removed,    ///< the copy went with the whole day: it waits for a person to say what is right
    superseded,     ///< a later registration decides over this file: never considered for this row again
    settle_others,  ///< it is the file, and other rows have an earlier version of it: these are copied anew
                    ///< first
};

struct deletion_decision {
    deletion_step step = deletion_step::not_now;
    std::string reason;
};

deletion_decision guard_deletion(const deletion_facts& facts);

/// What becomes of a copy that is not at the destination as it was verified, for a reason that is told; it
/// was so before, so many times: it is sent again once, and then a person has to find out.
deletion_decision judge_lost_copy(int vanished, const std::string& reason);

}  // namespace suprsync

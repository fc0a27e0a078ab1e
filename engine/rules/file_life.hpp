// The life of a file between attempts (spec, The life of a file, Copying): given what was seen here and
// there, what has become of it. Pure decisions; the doers gather the facts and record the outcome.
#pragma once

#include <optional>
#include <string>

#include "engine/model/destination.hpp"
#include "engine/model/failure.hpp"
#include "engine/model/outcomes.hpp"

namespace suprsync {

inline constexpr double unchanged_before_retry =
    10;  ///< s without a change before a changing file is tried again (spec, Copying)
inline constexpr double settled_mtime_age =
    2;  ///< s that an mtime must be old for an identity to be trusted (spec, Deleting, 2)

inline constexpr double held_up_for =
    60;  ///< s before a file is tried again that could not be read for a problem of its place, or had no copy

/// Whether a local failure is a problem of its place (spec, Failures): the file waits, and loses no attempt.
bool is_of_the_place(const failure& why);

/// Whether the local content must be hashed now: no checksum was registered, or the file was modified after
/// its registration (spec, Copying: hashed again and copied as it now is).
bool must_hash(const file_row& row, const file_identity& local);

/// What was seen of one file of a batch, up to before publishing.
struct attempt_facts {
    file_row row;
    file_identity before;                ///< local file before rsync or hashing read it
    std::string real_path{};             ///< where it lay then, links resolved; '' where nobody can tell
    std::optional<file_identity> after;  ///< and after the sums were there; none: gone or unreadable
    std::optional<std::string> local_problem;  ///< why the local file cannot be read or hashed, if so
    bool of_the_place = false;                 ///< and it is a problem of its place, not of the file
    std::optional<std::string> local_md5;      ///< computed in this attempt
    std::optional<std::string> remote_md5;     ///< the destination's answer
    std::optional<remote_object> there;        ///< which file the destination summed
    std::optional<std::string> complaint;      ///< what rsync or md5sum said of this file
    bool destination_answered = false;  ///< the digest command came to this file, the connection lasted
    epoch_seconds now = 0;
    epoch_seconds opened_at = 0;  ///< before anything was read of the local file
    bool sent_whole = false;      ///< in this attempt: nothing of the copy comes from an earlier one
};

enum class verdict {
    publish,    ///< the sums agree and the local file is still what was read
    need_hash,  ///< cannot be told without the local file's MD5: compute it and judge again
    unstable,   ///< it changes while it is copied: no attempt lost, wait
    mismatch,   ///< an attempt lost, compare anew next time
    corrupt,   ///< content differs from what was registered though it was not modified since: failed for good
    conflict,  ///< another file has its place at the destination: failed for good
    missing,   ///< an attempt lost: the destination has no such file after the transfer, or it is gone here
    no_answer,   ///< nothing is known: no attempt lost
    not_a_copy,  ///< what is at the destination is the local file itself: no attempt lost, wait
    held_up,     ///< the place that the local file lies in has a problem: no attempt lost, wait
};

struct judgement {
    verdict decision = verdict::no_answer;
    std::string reason;    ///< for last_error
    std::string expected;  ///< MD5 of the local file that the copy was held against, where known
};

judgement judge(const attempt_facts& facts);

/// Turns a judgement other than publish and need_hash into what is recorded.
file_outcome outcome_of(const judgement& j, const attempt_facts& facts);

/// What is recorded for a file that is published: `identity` is kept only where it can be trusted.
file_outcome verified_outcome(const attempt_facts& facts, const judgement& j, epoch_seconds transferred_at);

}  // namespace suprsync

// The shell scripts that run at the destination: constants of POSIX sh with GNU coreutils, findutils and
// flock. Names reach them over standard input only, NUL-separated, and each ends with "//", which no path
// holds: a list that was cut short is noticed. Settings are assigned ahead of a script, quoted
// (net/remote/shell_text.hpp).
//
// Locks: a staging slot is locked by flock(2) on its directory, so that staging holds no file but staged
// ones; where the file system cannot lock directories (NFS), on `in/<slot>.lock` (lock_style "file").
#pragma once

#include <string>
#include <string_view>

namespace suprsync::scripts {

/// Frame around every script. Standard input's first line is the call: the bytes of the list that follows, a
/// space, and assignments of this call's own (":" where there are none). Until it comes, the function `ahead`
/// does what can be done before. The list goes to the function `main`; when the rest of standard input ends
/// while `main` still works, whoever asked is gone, and the whole process group is ended. A standard input
/// that ends before the call is no call: nothing is done.
extern const std::string_view frame;

/// Functions that scripts share: enter_base (checks that it is the same directory still), make_listed (makes
/// listed directories with their modes), enter_slot (and locks it), ahead (does nothing).
extern const std::string_view common;

/// What has to be installed there, for `prepare` and for whoever examines a destination; flock, without which
/// there is no staging, and timeout, which runs the scripts, beside them.
inline constexpr std::string_view needed_programs =
    "rsync md5sum xargs find stat head ln cp mkdir rm sed sync tr";

/// Wants needed_programs, base, staging_dir ('' for the default), uuid, archive, may_create ("1" or ""),
/// expected
/// ("file-system inode" or ""). Answers "suprsync" and then records of one key letter and a value, each ended
/// by NUL: see read_prepare in destination_state.cpp.
extern const std::string_view prepare;

/// Wants base, identity, in, slot ('' for published files), lock_style, per_process. List: "./path". Answers
/// as `md5sum -z`.
extern const std::string_view digests;

/// Wants base, identity, in, slot, lock_style, kept, stamp, directory_mask ('' for the account's own umask),
/// directory_special ('' or for chmod). List: records "d directory", parents first, of what is made where it
/// is missing, then records "id md5 old_md5_or_- path". Answers records
/// "K" and ids, each after a space, NUL NUL: published; and
/// "<letter><path>" NUL "<note>" NUL: P published, A already there, R replaced (note: where to), S
/// superseded, F refused (note: why), Q no answer.
extern const std::string_view publish;

/// Compares sums and links all files of a slot to their names, where nothing stands in the way. Wants, of its
/// settings, base, identity, in, lock_style, directory_mask, directory_special; of its call slot, sums_bytes
/// and count (files in the list). List: what `md5sum -c` reads, then lines "directory//", parents first, of
/// what is made where it is missing, and a line ".". Answers one letter: W all are published; V a sum is not
/// right, nothing was done; U not all are known to be published: `publish` finds out.
extern const std::string_view deliver;

/// Wants base, identity, directory_mask, directory_special. List: directories, parents first. Makes those
/// that are missing.
extern const std::string_view make_directories;

/// Wants base, identity, sync_first ("1" or ""), sizes_bytes, per_process. Lists: "./path" for sizes, then
/// for MD5. Answers "size hex_mode ./path" NUL each, then one NUL, then as `md5sum -z`.
extern const std::string_view look;

/// Wants in, lock_style, slots ("slot:bytes ..."). List: staged paths, slot by slot.
extern const std::string_view sweep;

/// Wants in, slot. Answers the bytes that the slot holds.
extern const std::string_view staged_bytes;

/// The receiver's command for `--rsync-path`, one line without quotes, newlines or "!": arguments are the
/// encoded directory (percent_b_encoded) and the slot, then rsync's own. In staging: waits for nobody longer
/// than 2 s, unlinks what has been published already (a second link), says how much is staged, and holds the
/// slot's lock as long as any receiver process lives.
std::string receiver_in_staging(std::string_view lock_style);

/// Likewise straight to the base directory; arguments: encoded base, file system id and inode in one word
/// "id:inode".
extern const std::string_view receiver_in_base;

}  // namespace suprsync::scripts

// The shell programs that run at the destination, POSIX sh with GNU coreutils, findutils and flock: each is a
// file beside this one, `net/remote/<name>.sh`, which says what it wants and what it answers. Here they are
// put together.
//
// Nothing is written at the destination, and no program stands within a quoted word of another: a program
// that an inner `sh` runs (for `xargs`, for the watcher of standard input) is the value of a variable of its
// name. The whole travels over standard input, so that command lines there are short.
#pragma once

#include <string>
#include <string_view>

namespace suprsync::scripts {

// One constant a file, its text without comments (net/remote/scripts.cmake).
extern const std::string_view base_directory, clean_environment, clean_for_programs, common, deliver,
    digest_listed, digests, enter_below, enter_slot, frame, link_staged, listed_only, lock_slot,
    make_directories, make_listed, prepare, private_places, probe, publish, read_from_disk, receive_in_base,
    receive_in_staging, space, spelling, staged_bytes, stat, sum_files, sum_paced, sweep, sweep_leftovers,
    sweep_listed, sync_base, sync_files, sync_there, try_account, watch_input;

/// What `sh` there evaluates: what makes the environment a clean one, the settings (assignments,
/// net/remote/shell_text.hpp), the functions that programs share, `program`, which defines the function
/// `main`, and the frame that calls it. Standard input is read from the call on (net/remote/frame.sh).
std::string compose(std::string_view settings, std::string_view program);

/// The program try_account, which stands alone.
std::string compose_trial();

/// The command for `--rsync-path`, to which rsync adds its own arguments: one line for whatever login shell
/// is there, without "!" or newlines, and quoted in single quotes only. The streams of this process belong to
/// rsync, and an environment does not pass through sshd, so the program itself is in the line: some 1.5 kB
/// that `ps` shows for the moment until the lock is taken, and rsync takes the place of the shell. `in` is
/// the directory of the slots.
std::string receiver_in_staging(std::string_view in, int slot, std::string_view lock_style);

/// Likewise straight to the base directory; `identity` as "file-system inode".
std::string receiver_in_base(std::string_view base, std::string_view identity);

}  // namespace suprsync::scripts

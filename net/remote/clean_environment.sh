# shellcheck shell=sh
# First in every program: what an account's environment may hold that changes what a shell, or a program that it runs,
# does with our words, is taken away. CDPATH makes `cd` search, functions that bash exported take the place of
# programs, SHELLOPTS sets what `set` sets, TMOUT ends a `read`.
# An element of PATH that is no absolute path, such as the empty one that `PATH=$UNSET:$PATH` leaves, is a directory
# that our programs enter: a file that was copied there would be run under the name of a program.
#
# Part of the receivers' command lines, too: see lock_slot.sh for how it is written. A shell takes the names that it
# has not for granted, or says so, and goes on.

unset -f [ cd chmod cp date dd echo fincore find flock head kill ln md5sum mkdir mv nproc printf read rm rmdir rsync sed sort stat sync test tr umask uniq wait xargs 2>/dev/null;
unset IFS CDPATH ENV BASH_ENV GLOBIGNORE TMOUT POSIXLY_CORRECT _POSIX2_VERSION BLOCKSIZE BLOCK_SIZE GREP_OPTIONS;
set +aCefuvx;
export LC_ALL=C;
p=$PATH:;
# What holds no program comes first: an empty one would be the working directory, too.
# shellcheck disable=SC2123 # it is built anew
PATH=/dev/null;
while [ "$p" ]; do
    case $p in /*) PATH=$PATH:${p%%:*} ;; esac;
    p=${p#*:};
done;

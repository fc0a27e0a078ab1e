# shellcheck shell=sh
# First in every program: what an account's environment may hold that changes what a shell, or a program that it runs,
# does with our words, is taken away. CDPATH makes `cd` search, functions that bash exported take the place of
# programs, SHELLOPTS sets what `set` sets, BASHOPTS what `shopt` sets, TMOUT ends a `read`, RSYNC_ICONV renames files.
# An element of PATH that is no absolute path, such as the empty one that `PATH=$UNSET:$PATH` leaves, is a directory
# that our programs enter: a file that was copied there would be run under the name of a program.
#
# Part of the receivers' command lines, too, so it takes away what matters to them alone; the rest is in
# clean_for_programs.sh. See lock_slot.sh for how it is written. A shell takes the names that it has not for granted, or
# says so, and goes on.

unset -f [ cd echo find flock kill mkdir printf read rsync shopt stat 2>/dev/null;
unset IFS CDPATH ENV BASH_ENV GLOBIGNORE TMOUT POSIXLY_CORRECT RSYNC_ICONV RSYNC_PROTECT_ARGS RSYNC_OLD_ARGS RSYNC_MAX_ALLOC RSYNC_CHECKSUM_LIST RSYNC_COMPRESS_LIST;
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
# bash alone knows it. Others look for a program of that name: only now, when PATH is in order.
# shellcheck disable=SC3044
shopt -u failglob 2>/dev/null;

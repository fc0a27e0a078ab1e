# shellcheck shell=sh
# First in every program: what an account's environment may hold that changes what a shell, or a program that it runs,
# does with our words, is taken away. CDPATH makes `cd` search, functions that bash exported take the place of
# programs, SHELLOPTS sets what `set` sets, TMOUT ends a `read`.
#
# Part of the receivers' command lines, too: see lock_slot.sh for how it is written. A shell takes the names that it
# has not for granted, or says so, and goes on.

unset -f [ cd chmod cp date dd echo fincore find flock head kill ln md5sum mkdir mv nproc printf read rm rmdir rsync sed sort stat sync test tr umask uniq wait xargs 2>/dev/null;
unset IFS CDPATH ENV BASH_ENV GLOBIGNORE TMOUT POSIXLY_CORRECT _POSIX2_VERSION BLOCKSIZE BLOCK_SIZE GREP_OPTIONS;
set +aCefuvx;
LC_ALL=C;
export LC_ALL;

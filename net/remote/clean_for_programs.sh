# shellcheck shell=sh
# Behind clean_environment.sh in every program that is no receiver: what else an account's environment may hold that
# changes what is done. Every command that our programs name and a function may replace is in one of the two.

unset -f cat chgrp chmod command cp date dd fincore head id ln md5sum mv nproc pwd rm rmdir sed setsid sh sort sync test timeout tr umask uname uniq wait xargs 2>/dev/null
unset _POSIX2_VERSION BLOCKSIZE BLOCK_SIZE GREP_OPTIONS
# shellcheck disable=SC3044 # bash alone knows it
shopt -u nocasematch nocaseglob nullglob dotglob 2>/dev/null

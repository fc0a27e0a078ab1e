# shellcheck shell=sh
# The part of digests.sh that reads some files, its arguments: which file each is, and its sum.
# shellcheck disable=SC2154 # exported by digests.sh

stat -L --printf "$record" -- "$@" 2>/dev/null
eval "$read_them"

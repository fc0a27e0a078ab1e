# shellcheck shell=sh
# The part of sync_there.sh that runs in a session of its own, in the base directory; enter_slot.sh stands before it.
# What fails is noted in the catalog's own directory of staging, which its archives on this file system share, and one
# sync runs at a time, so that none answers between the failure of another and its note. Ends with 0, 89 (`in` is not
# ours), 90 (the sync failed), 91 (an earlier one did) or 92 (another one still runs). Its arguments are where the
# other file systems are mounted that files lie on: they are synced as well, and what fails there has failed.
# shellcheck disable=SC2154 # exported by the caller

# Coreutils before 8.24 know no -f: then all file systems are synced.
sync_all() {
    why=$(sync -f "$@" 2>&1) && return
    case $why in "sync: invalid option"* | "sync: unrecognized option"*) sync ;; *) return 1 ;; esac
}
[ -n "$in" ] || { sync_all . "$@"; exit; }
{ enter_in && cd -P ../..; } || exit 89
if [ "$lock_style" = file ]; then exec 9>>./sync.lock; else exec 9<.; fi
flock -w 60 9 || exit 92
[ -z "$failed_sync_known" ] || rm -f ./failed_sync
[ ! -e ./failed_sync ] || exit 91
sync_all . "$@" && exit
: >./failed_sync
exit 90

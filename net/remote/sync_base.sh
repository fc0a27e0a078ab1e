# shellcheck shell=sh
# The part of sync_there.sh that runs in a session of its own, in the base directory; enter_slot.sh stands before it. One
# at a time, so that none answers between the failure of another and its note. Ends with 0, 89 (`in` is not ours), 90 (the
# sync failed) or 91 (an earlier one did).
# shellcheck disable=SC2154 # exported by the caller

[ -n "$in" ] || { sync -f .; exit; }
enter_in || exit 89
exec 9<.
flock 9
[ -z "$failed_sync_known" ] || rm -f ./failed_sync
[ ! -e ./failed_sync ] || exit 91
sync -f . && exit
: >./failed_sync
exit 90

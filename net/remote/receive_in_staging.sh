# shellcheck shell=sh
# The receiver's command for `--rsync-path`. Arguments: the directory of the slots, encoded for `printf %b`; the slot;
# lock_style; then rsync's own. Waits for nobody longer than 2 s, unlinks what has been published already (a second
# link), says how much is staged, and holds the slot's lock as long as any receiver process lives.
#
# Its standard streams belong to rsync, so it travels on the command line, behind clean_environment.sh,
# enter_slot.sh and lock_slot.sh and within single quotes: see there for how it is written.

# Every encoded byte is a backslash, 0 and three digits; what has none is decoded without a process.
in=$1.;
case $1 in *0[0-7][0-7][0-7]*) in=$(printf %b. "$1") ;; esac;
slot=$2;
# shellcheck disable=SC2034 # used by lock_slot.sh
lock_style=$3;
shift 3;
in=${in%.};
enter_in || exit;
[ -d "./$slot" ] || mkdir -m 700 -- "./$slot";
enter_slot "$slot" || exit;
open_lock "$slot";
lock_slot || exit;
n=;
for f in ./* ./.*; do
    case $f in ./. | ./..) continue ;; esac;
    [ -e "$f" ] || [ -h "$f" ] || continue;
    n=$(find . -type f \( -links +1 -delete -o -printf %s+ \));
    break;
done;
echo suprsync: staged $((${n}0)) >&2;
exec rsync "$@";

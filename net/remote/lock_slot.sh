# shellcheck shell=sh
# Locks the staging slot that is the working directory, on descriptor 9: by flock(2) on the directory itself, so that
# staging holds no file but staged ones; where the file system cannot lock directories (NFS, lock_style "file"), on
# `in/<slot>.lock` beside it.
#
# The engine uses a slot for one thing at a time; one use may have several writers, which would hold the lock together
# (flock -s), and what sums or links is alone. So another process that has the lock is usually a receiver whose rsync
# was given up on our side and which hangs here. It gets two seconds to end by itself; if nothing in the slot has
# changed for ten seconds, all processes that work in the slot are killed. A process that still writes there is left
# alone: it may belong to a copy of our catalog, and two copies would otherwise end each other's transfers.
#
# Part of the receiver's command line, too (receive_in_staging.sh): its lines are joined with spaces, and hold no
# single quote, no "!" and no two backslashes.
# shellcheck disable=SC2154 # lock_style is assigned by the caller
# shellcheck disable=SC3013 # every sh there is has -ef: dash, bash, ash of busybox, zsh

open_lock() {
    if [ "$lock_style" = file ]; then exec 9>>"../$1.lock"; else exec 9<.; fi;
};
group_of() {
    # shellcheck disable=SC2086 # split on purpose: the fields behind the name
    read -r stat <"$1/stat" && set -- ${stat##*") "} && echo "$3";
};
end_others() {
    own=$(group_of /proc/self);
    for p in /proc/[0-9]*; do
        [ "$p/cwd" -ef . ] || continue;
        [ "$(group_of "$p")" = "$own" ] || kill -KILL "${p#/proc/}";
    done;
};
lock_hung_slot() {
    [ -z "$(find . -newerct "10 seconds ago" -print -quit 2>/dev/null)" ] &&
        { end_others 2>/dev/null; flock -w 2 9; };
};
lock_slot() {
    flock -w 2 9 || lock_hung_slot || { echo "suprsync: slot busy" >&2; return 86; };
};

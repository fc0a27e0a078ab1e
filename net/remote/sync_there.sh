# shellcheck shell=sh
# What was written is on the disk there, or it is known that it is not. Wants, of the caller, in ('' without staging),
# failed_sync_known and synced_below.
#
# The kernel tells of a write-back that failed once, to whoever syncs first: a sync whose answer is lost must not be the
# last word. So it runs in a session of its own, where it ends by itself when whoever asked is gone, and what failed is
# noted in staging, in a file `failed_sync`. Every later sync fails as well, until the caller says that it knows
# (failed_sync_known): then that is on record where copies are proved.
# shellcheck disable=SC2154 # assigned by the caller

sync_failed() {
    echo "suprsync: ${1:-the sync of the file system failed: what was written there may be lost}" >&2
    return 90
}
# Kernels before 5.8 do not report by `sync -f` what write-back met, but for each file.
reports_no_errors() {
    case $(uname -r) in [0-4].* | 5.[0-7].*) ;; *) return 1 ;; esac
}
# Where the file systems are mounted that files lie on, but for the base directory's, to be synced as well, one line each:
# its input are the files that are asked for. Below the base directory others may be mounted, or links lead to them.
find_mounts() {
    own=$(stat -c %d .)
    { xargs -0 -r stat -L -c '%d %m' --
      [ -z "$synced_below" ] || find "./$synced_below/" -xtype d -exec stat -L -c '%d %m' -- {} +; } 2>/dev/null |
        sort -u -k 1,1 | sed "/^$own /d; s/^[0-9]* //"
}
# A guardian of ours ends what bears its mark.
sync_there() {
    # shellcheck disable=SC2016 # the inner sh expands it
    (
        unset SUPRSYNC_DAEMON
        export in failed_sync_known lock_style sync_base
        if command -v setsid >/dev/null 2>&1; then own_session=setsid; else own_session=; fi
        exec $own_session sh -c 'eval "$sync_base"' sh "$@" </dev/null >/dev/null 2>&1
    )
    case $? in
        0) ;;
        89) enter_in; return ;;
        91) sync_failed "an earlier sync of the file system failed: what was written there may be lost"; return ;;
        92) echo "suprsync: another sync of the file system still runs" >&2; return 92 ;;
        *) sync_failed; return ;;
    esac
    if [ -n "$synced_below" ] && reports_no_errors; then
        export sync_files
        # shellcheck disable=SC2016 # the inner sh expands it
        find "./$synced_below/" -type f -print0 2>/dev/null | record='' xargs -0 -r sh -c 'eval "$sync_files"' sh ||
            { record_failed_sync; sync_failed; }
    fi
}
record_failed_sync() { [ -z "$in" ] || ( enter_in && : >../../failed_sync ) 2>/dev/null; }

# shellcheck shell=sh
# The part of MD5 sums past the page cache before sum_files.sh, which stands behind it: its arguments are paths of
# files that were synced. What the kernel still has in memory of them is dropped, so that md5sum reads the disk, and
# what could not be dropped is told. Answers records "=cache path" of what would be read from memory (a file that a
# program has mapped, a file system in memory), "=own path" where the file system has a memory of its own, of which
# nothing tells, or "=unknown path" of all where nothing tells of the page cache (no fincore, of util-linux).

# Pages in memory, a line a file, as fincore tells; nothing where it does not for each of them.
pages_in_memory() {
    pages=$(fincore -b -n -r -o PAGES -- "$@" 2>/dev/null)
    # shellcheck disable=SC2086 # counted on purpose
    [ "$(set -- $pages; echo $#)" = $# ] && echo $pages
}
# Of "$@", what has pages in memory, each behind "$before".
cached() {
    for n in $pages; do
        [ "$n" = 0 ] || printf '%s%s\0' "$before" "$1"
        shift
    done
}
# Of "$@", what lies on a file system whose memory is not the page cache, or another machine's.
in_other_memory() {
    stat -f -c %T -- "$@" 2>/dev/null | for f do
        IFS= read -r type
        case $type in
            zfs | nfs* | cifs | smb* | v9fs | fuse* | ceph | lustre | afs | k-afs | coda | gpfs | panfs | fhgfs | UNKNOWN*)
                printf '=own %s\0' "$f" ;;
        esac
    done
}
# Only what is there can be asked of.
readable() {
    for f do
        shift
        [ ! -f "$f" ] || [ ! -r "$f" ] || set -- "$@" "$f"
    done
    [ $# -gt 0 ] || return 0
    in_other_memory "$@"
    if pages=$(pages_in_memory "$@"); then
        before='if='
        # Starting a dd for each file takes longer than reading a small one.
        cached "$@" | xargs -0 -r -n 1 -P "$(nproc 2>/dev/null || echo 1)" dd iflag=nocache count=0 status=none 2>/dev/null
        before='=cache '
        pages=$(pages_in_memory "$@") && cached "$@" && return
    fi
    printf '=unknown %s\0' "$@"
}
readable "$@"

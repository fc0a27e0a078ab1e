# shellcheck shell=sh
# What stands at final paths. Wants base, identity, in ('' without staging), sync_first ("1" or ""), failed_sync_known
# ("1" or "", see sync_there.sh), synced_below (a path, or ''), synced_bytes, sizes_bytes, per_process (files for one
# md5sum), from_disk ("1": sums are read past the page cache), paced_blocks (see sum_paced.sh, with from_disk; or ''), other_names ("1" where names may reach what is listed
# under others, or ""). Lists: "./path", in synced_bytes, for what may lie on other file systems than the base
# directory and is to be synced there, too; in sizes_bytes, for sizes; and for MD5. Answers the boot id of this
# machine, NUL, "size hex_mode device inode change_time ./path" NUL each, and the same of ".", the base directory, so
# that it is seen without another process whether any lies on another file system; then one NUL, then as `md5sum -z`,
# with records "=cache ./path" and the like where from_disk could not be had (read_from_disk.sh).
# shellcheck disable=SC2154 # assigned by the caller

# Gives a program those of a list that are listed under that very name, where that is in question.
for_listed() {
    [ -n "$other_names" ] || { "$@"; return; }
    export listed_only
    # shellcheck disable=SC2016 # the inner sh expands it
    xargs -0 -r sh -c 'eval "$listed_only"' sh | "$@"
}
main() {
    enter_base
    find_boot_id
    printf '%s\0' "$boot_id"
    if [ -n "$sync_first" ]; then
        mounts=
        [ "$synced_bytes$synced_below" = 0 ] || mounts=$(head -c "$synced_bytes" | find_mounts)
        IFS='
'
        set -f
        # shellcheck disable=SC2086 # a line each
        set -- $mounts
        set +f
        unset IFS
        for mount do
            [ -r "$mount" ] && continue
            echo "suprsync: files lie on the file system at $mount, which cannot be synced: the account may not read it" >&2
            return 93
        done
        sync_there "$@" || return
    fi
    head -c "$sizes_bytes" | for_listed stat_files || return
    printf '\0'
    read_them=$sum_files
    [ -z "$from_disk" ] || { read_them=$read_from_disk; per_process=200; }
    [ -z "$paced_blocks" ] || { read_them=$read_paced; export paced_blocks; }
    export read_them
    # shellcheck disable=SC2016 # the inner sh expands it
    for_listed xargs -0 -r -n "$per_process" sh -c 'eval "$read_them"' sh
}
stat_files() {
    if [ -n "$sync_first" ] && reports_no_errors; then
        export record sync_files
        # shellcheck disable=SC2016 # the inner sh expands it
        xargs -0 -r sh -c 'eval "$sync_files"' sh || { record_failed_sync; sync_failed; return; }
    else
        xargs -0 -r stat -L --printf "$record" -- .
        return 0
    fi
}

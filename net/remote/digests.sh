# shellcheck shell=sh
# MD5 sums of staged or published files. Wants base, identity, in, slot ('' for published files), lock_style,
# per_process (files for one md5sum), from_disk ("1": sums are read past the page cache). List: "./path". Answers the
# boot id of this machine, NUL, and, file by file or some together, what stat.sh tells of each and as `md5sum -z`, with
# its records "=cache ./path" and the like.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    if [ -n "$slot" ]; then take_slot "$slot" || return $?; else enter_base; fi
    find_boot_id
    printf '%s\0' "$boot_id"
    read_them=$sum_files
    [ -z "$from_disk" ] || read_them=$read_from_disk
    export record read_them digest_listed
    # shellcheck disable=SC2016 # the inner sh expands it
    xargs -0 -r -n "$per_process" sh -c 'eval "$digest_listed"' sh
}

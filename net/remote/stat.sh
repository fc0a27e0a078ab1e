# shellcheck shell=sh
# What stands at final paths. Wants base, identity, sync_first ("1" or ""), sizes_bytes, per_process (files for one
# md5sum). Lists: "./path" for sizes, of sizes_bytes, then for MD5. Answers "size hex_mode ./path" NUL each, then one
# NUL, then as `md5sum -z`.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    enter_base
    if [ -n "$sync_first" ]; then sync -f . || { echo "suprsync: sync -f failed" >&2; return 5; }; fi
    head -c "$sizes_bytes" | xargs -0 -r stat -L --printf '%s %f %n\0' --
    printf '\0'
    xargs -0 -r -n "$per_process" md5sum -z --
}

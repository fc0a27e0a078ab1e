# shellcheck shell=sh
# MD5 sums of staged or published files. Wants base, identity, in, slot ('' for published files), lock_style,
# per_process (files for one md5sum). List: "./path". Answers as `md5sum -z`.
# shellcheck disable=SC2154 # assigned by the caller

main() {
    if [ -n "$slot" ]; then take_slot "$slot" || return $?; else enter_base; fi
    xargs -0 -r -n "$per_process" md5sum -z --
}

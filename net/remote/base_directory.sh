# shellcheck shell=sh
# What prepare.sh and probe.sh both find out about a base directory and the place for staging; common.sh and spelling.sh
# stand before it. Wants base and staging_dir ('' for the default). Says records of one key letter and a value, each
# ended by NUL:
#   E what is wrong with the base directory  B its real path    I file system and inode
#   k boot id of that machine                d device           c case is ignored there
#   M its mount, a line of /proc/self/mountinfo
# shellcheck disable=SC2034 # real_path, default_staging and nearest are for the programs
# shellcheck disable=SC2154 # assigned by the caller

say() { printf '%s\0' "$1"; }
is_installed() { command -v "$1" >/dev/null 2>&1; }
# Where a directory is, without symbolic links, in `real_path`. A newline at its end is no end of it.
find_real_path() {
    real_path=$(cd -P -- "$1" 2>/dev/null && pwd -P && echo x) || return
    real_path=${real_path%?x}
}
may_write_in() { [ -w "$1" ] && [ -x "$1" ]; }
is_mount_point() { [ "$(stat -c %m -- "$1")" = "$1" ] || ! is_one_mount "$1" "$1/.."; }
# The line of the kernel's table of mounts by which a directory is reached: it says where that lies in its file system.
tell_mount() {
    find_mount "$1"
    [ -n "$mount" ] || return 0
    while read -r mount_line; do
        case $mount_line in "$mount "*) say "M$mount_line" ;; esac
    done 2>/dev/null </proc/self/mountinfo
}
# Whether nothing stands where the base directory, which is no directory, should be. Otherwise says what is wrong.
base_is_absent() {
    if why=$(stat -L -- "$base" 2>&1 >/dev/null); then say "Eit is not a directory"; return 1; fi
    case $why in
        *': No such file or directory') ;;
        *) say "E${why##*: }"; return 1 ;;
    esac
}
# Which directory the base directory is: its real path stays in `real`, and in `found` what it is known again by.
tell_base() {
    find_real_path "$base" || return
    real=$real_path
    found=$(identity_of "$real")
    find_boot_id
    say "B$real"
    say "I$found"
    say "k$boot_id"
    say "d$(stat -c %d -- "$real")"
    tell_mount "$real"
}
tell_case() { ! ignores_case "$real" || say c; }
# Where staging is to be: in `default_staging` as well, where nobody named a place.
find_staging_dir() {
    default_staging=
    [ -z "$staging_dir" ] || return 0
    default_staging=${real%/*}/.suprsync
    staging_dir=$default_staging
}
# The nearest directory of an absolute path that is there, in `nearest`.
find_nearest() {
    nearest=$1
    while [ ! -d "$nearest" ]; do
        nearest=${nearest%/*}
        [ -n "$nearest" ] || nearest=/
    done
}

# shellcheck shell=sh
# Probes a destination, and only reads. Wants needed_programs, base and staging_dir ('' for the default). Answers the word
# "suprsync" and then records of one key letter and a value, each ended by NUL:
#   T time            U account              M a program that is missing  V version of rsync
#   E what is wrong with the base directory  B its real path              I file system and inode
#   b boot id of this machine and device     f there is no fincore
#   m mode and owner  W it may be written    O it is a mount point
#   P its parent is there                    p and may be written
#   F space: block size, blocks, free blocks, inodes, free inodes
#   c case is ignored there
#   l, u, x a directory below it that is a symbolic link, that may not be written, on another file system
#   S staging         D the nearest directory of it that is there         w it may be written
#   d it lies on the base directory's file system  r its owner, where others may rename what is in it
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3067 # every sh there is has -O

say() { printf '%s\0' "$1"; }
main() {
    say suprsync
    say "T$(date +%s.%N)"
    say "U$(id -un 2>/dev/null || id -u)"
    for program in $needed_programs flock timeout; do
        command -v "$program" >/dev/null 2>&1 || say "M$program"
    done
    command -v fincore >/dev/null 2>&1 || say f
    say "V$(rsync --version 2>/dev/null | head -n 1)"
    if [ -d "$base" ]; then
        real=$(cd -P -- "$base" 2>/dev/null && pwd -P && echo x) || { say "Eit may not be entered"; return 0; }
        real=${real%?x}
        say "B$real"
        say "I$(stat -f -c %i -- "$real") $(stat -c %i -- "$real")"
        find_boot_id
        say "b$boot_id $(stat -c %d -- "$real")"
        say "m$(stat -c '%a %U:%G' -- "$real")"
        [ -w "$real" ] && [ -x "$real" ] && say W
        [ "$(stat -c %m -- "$real")" = "$real" ] && say O
        here=$real
        ! ignores_case "$real" || say c
    else
        if why=$(stat -L -- "$base" 2>&1 >/dev/null); then say "Eit is not a directory"; return 0; fi
        case $why in
            *': No such file or directory') ;;
            *) say "E${why##*: }"; return 0 ;;
        esac
        name=${base%/}
        parent=${name%/*}
        [ -d "${parent:-/}" ] || return 0
        say P
        [ -w "${parent:-/}" ] && [ -x "${parent:-/}" ] && say p
        here=$(cd -P -- "${parent:-/}" 2>/dev/null && pwd -P && echo x) || return 0
        here=${here%?x}
        real=${here%/}/${name##*/}
    fi
    # The upper two levels, which are the days and what lies in each, some time and some of them at most.
    [ "$here" != "$real" ] || timeout 20 find "$real/" -mindepth 1 -maxdepth 2 -type l -xtype d -printf 'l%P\0' -o \
        -type d -not \( -writable -executable \) -printf 'u%P\0' -o -type d -printf '%D %P\0' 2>/dev/null |
        sed -z "/^$(stat -c %d -- "$real") /d; s/^[0-9]* /x/" | head -z -n 20
    say "F$(stat -f -c '%S %a %b %d %c' -- "$here")"
    [ -n "$staging_dir" ] || staging_dir=${real%/*}/.suprsync
    say "S$staging_dir"
    there=$staging_dir
    while [ ! -d "$there" ]; do
        there=${there%/*}
        [ -n "$there" ] || there=/
    done
    say "D$there"
    [ -w "$there" ] && [ -x "$there" ] && say w
    [ "$there" != "$staging_dir" ] || [ -O "$there" ] ||
        find "$there" -maxdepth 0 -perm /022 -not -perm -1000 -printf 'r%u\0'
    [ "$(stat -c '%d %m' -- "$there")" = "$(stat -c '%d %m' -- "$here")" ] && say d
    return 0
}

# shellcheck shell=sh
# Probes a destination, and only reads. Wants base, staging_dir ('' for the default), uuid ('' where there is none yet) and
# archive. Answers the word "suprsync" and
# then records of one key letter and a value, each ended by NUL:
#   T time            U account              V version of rsync           f there is no fincore
#   m mode and owner  W it may be written    O it is a mount point
#   P its parent is there                    p and may be written
#   F space: block size, blocks, free blocks, inodes, free inodes
#   l, u, x a directory below it that is a symbolic link, that may not be written, on another file system
#   S staging         D the nearest directory of it that is there         w it may be written
#   s it lies on the base directory's file system
# and those of base_directory.sh and private_places.sh, which stand before it.
# shellcheck disable=SC2154 # assigned by the caller
# shellcheck disable=SC3067 # every sh there is has -O

# Whatever is mounted below the base directory, at any depth: bind mounts have the device of what they show.
tell_mounts_below() {
    while read -r _ _ _ _ mounted_at _; do
        # Blanks stand there as "\040".
        case $mounted_at in *\\*) mounted_at=$(printf '%bx' "$mounted_at"); mounted_at=${mounted_at%x} ;; esac
        case $mounted_at in "${real%/}"/*) say "x${mounted_at#"${real%/}/"}" ;; esac
    done 2>/dev/null </proc/self/mountinfo
}

# What is there already of staging. What is open and ours is closed when it is taken into use.
look_at_staging() {
    cd -P -- "$staging_dir" 2>/dev/null || { say "R$staging_dir cannot be entered"; return; }
    [ -O . ] || is_safe || { tell_unsafe; return; }
    opened=; refused=
    [ -n "$uuid" ] && look_in "$uuid" && look_in "$archive" || return
    ! look_in replaced || cd -P .. || return
    [ -z "$refused" ] && look_in in || return
    [ -z "$opened" ] || is_only_ours ''
}
look_in() {
    is_there "./$1" || return
    enter_private "$1" || { refused=1; return 1; }
    is_closed || opened=1
}

main() {
    say suprsync
    say "T$(date +%s.%N)"
    say "U$(id -un 2>/dev/null || id -u)"
    is_installed fincore || say f
    say "V$(rsync --version 2>/dev/null | head -n 1)"
    if [ -d "$base" ]; then
        tell_base || { say "Eit may not be entered"; return 0; }
        say "m$(stat -c '%a %U:%G' -- "$real")"
        may_write_in "$real" && say W
        is_mount_point "$real" && say O
        tell_case
        here=$real
    else
        base_is_absent || return 0
        name=${base%/}
        parent=${name%/*}/
        [ -d "$parent" ] || return 0
        say P
        may_write_in "$parent" && say p
        find_real_path "$parent" || return 0
        here=$real_path
        real=${here%/}/${name##*/}
    fi
    # The upper two levels, which are the days and what lies in each, some time and some of them at most.
    [ "$here" != "$real" ] || {
        tell_mounts_below
        timeout 20 find "$real/" -mindepth 1 -maxdepth 2 -type l -xtype d -printf 'l%P\0' -o \
            -type d -not \( -writable -executable \) -printf 'u%P\0' -o -type d -printf '%D %P\0' 2>/dev/null |
            sed -z "/^$(stat -c %d -- "$real") /d; s/^[0-9]* /x/"
    } | sort -zu | sed -z 20q
    say "F$(stat -f -c '%S %a %b %d %c' -- "$here")"
    find_staging_dir
    say "S$staging_dir"
    find_nearest "$staging_dir"
    say "D$nearest"
    may_write_in "$nearest" && say w
    on_one_file_system "$nearest" "$here" && say s
    ! is_there "$staging_dir" || look_at_staging
    return 0
}

# shellcheck shell=sh
# Probes a destination, and only reads. Wants base and staging_dir ('' for the default). Answers the word "suprsync" and
# then records of one key letter and a value, each ended by NUL:
#   T time            U account              V version of rsync           f there is no fincore
#   m mode and owner  W it may be written    O it is a mount point
#   P its parent is there                    p and may be written
#   F space: block size, blocks, free blocks, inodes, free inodes
#   l, u, x a directory below it that is a symbolic link, that may not be written, on another file system
#   S staging         D the nearest directory of it that is there         w it may be written
#   s it lies on the base directory's file system  r its owner, where others may rename what is in it
# and those of base_directory.sh, which stands before it.
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
    [ "$nearest" != "$staging_dir" ] || [ -O "$nearest" ] ||
        find "$nearest" -maxdepth 0 -perm /022 -not -perm -1000 -printf 'r%u\0'
    on_one_file_system "$nearest" "$here" && say s
    return 0
}
